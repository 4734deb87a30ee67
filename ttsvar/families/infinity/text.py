"""Prompts to text features: transformers' T5 encoder around a tokenizer of whole words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ttsvar.errors import CheckpointError, PromptError
from ttsvar.nn.words import WordTokenizer, words_of
from ttsvar.weights.strict import check_tensors, shapes
from ttsvar.weights.tensors import read_own

if TYPE_CHECKING:
    from transformers import T5Config


class TextEncoder(nn.Module):
    """transformers' `T5EncoderModel` with its tokenizer; the toybox trains one of its own."""

    def __init__(self, config: T5Config, tokenizer: WordTokenizer) -> None:
        from transformers import T5EncoderModel

        super().__init__()
        self.tokenizer = tokenizer
        self.model = T5EncoderModel(config)

    @property
    def channels(self) -> int:
        """Ct, channels of a text feature."""
        return int(self.model.config.d_model)

    def encode(self, prompts: Sequence[str]) -> tuple[Tensor, tuple[int, ...]]:
        """Prompts to padded features [S, T, Ct] and their valid lengths; raises PromptError where one is empty."""
        for prompt in prompts:
            if not words_of(prompt):
                raise PromptError(f"The prompt {prompt!r} has no words; write what the image should show.")
        ids, lens = self.tokenizer(prompts)
        ids = ids.to(self.model.device)
        mask = torch.arange(ids.shape[1], device=ids.device) < torch.tensor(lens, device=ids.device)[:, None]
        return self.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state, lens

    def tokens(self, prompt: str) -> int:
        """How many features a prompt has, without encoding it."""
        return self.tokenizer([prompt])[1][0]

    def save(self, path: Path) -> None:
        """Write the weights in fp16, with the configuration and the vocabulary in the metadata."""
        # T5 holds its word table twice under two names; one is enough.
        tensors = {
            name: t.detach().to("cpu", torch.float16).contiguous()
            for name, t in self.model.state_dict().items()
            if name != "encoder.embed_tokens.weight"
        }
        metadata = {"config": self.model.config.to_json_string(), "words": json.dumps(self.tokenizer.words)}
        save_file(tensors, path, metadata=metadata)


def load_text_encoder(path: Path, device: str | torch.device = "cpu") -> TextEncoder:
    """A text encoder written by `TextEncoder.save`, in float32; raises CheckpointError where the file is off."""
    from transformers import T5Config

    tensors, metadata = read_own(path, "transformer")
    if not {"config", "words"} <= set(metadata):
        raise CheckpointError(f"{path} has no configuration or vocabulary in its metadata; save it again.")
    encoder = TextEncoder(T5Config(**json.loads(metadata["config"])), WordTokenizer(json.loads(metadata["words"])))
    tensors["encoder.embed_tokens.weight"] = tensors["shared.weight"]
    check_tensors(shapes(encoder.model.state_dict()), shapes(tensors), str(path), "its configuration")
    encoder.model.load_state_dict(tensors)
    return encoder.to(device).eval()
