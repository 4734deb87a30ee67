"""Flan-T5-XL's encoder, which every published Infinity reads its prompts through."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ttsvar.errors import CheckpointError, PromptError
from ttsvar.nn.prompt_tokenizer import T5, PublishedTokenizer, load_prompt_tokenizer
from ttsvar.nn.strict import load_pretrained
from ttsvar.weights.download import WeightFile, locate_all
from ttsvar.weights.offload import visiting
from ttsvar.weights.say import Say
from ttsvar.weights.tensors import open_tensors, read_weight_map

if TYPE_CHECKING:
    from transformers import T5EncoderModel

REPO, LICENCE = "google/flan-t5-xl", "Apache-2.0"
CONFIG = WeightFile(REPO, "config.json", None, None, LICENCE)
INDEX = WeightFile(REPO, "model.safetensors.index.json", None, None, LICENCE)
FILES = (CONFIG, INDEX, T5.file)
PARAMETERS = 1_223_527_424
"""Of the encoder, its word table included."""
REMEMBERED = 8
"""Prompts whose features are kept, so that other guidance on the same prompt does not wake the encoder."""


class FlanT5:
    """Prompts to features; the encoder lies on the CPU and visits its device only while it reads."""

    def __init__(self, model: T5EncoderModel, tokenizer: PublishedTokenizer, device: torch.device) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.device = device
        self._features: OrderedDict[str, Tensor] = OrderedDict()

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> tuple[Tensor, tuple[int, ...]]:
        """Prompts to float32 features [S, T, 2048] on the CPU, padded with zeros, and their valid lengths.

        Longer prompts than 512 tokens are cut, as in the published scripts. Raises PromptError where one is empty.
        """
        for prompt in prompts:
            if not prompt.strip():
                raise PromptError(f"The prompt is {prompt!r}; write in words what the image should show.")
        lacking = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self._features]
        if lacking:
            with visiting(self.model, self.device):
                for prompt in lacking:
                    ids, mask = (t.to(self.device) for t in self.tokenizer([prompt]))
                    states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
                    self._features[prompt] = states[0].float().cpu()
        rows = [self._features[prompt] for prompt in prompts]
        for prompt in prompts:
            self._features.move_to_end(prompt)
        while len(self._features) > REMEMBERED:
            self._features.popitem(last=False)
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), tuple(len(row) for row in rows)

    def tokens(self, prompt: str) -> int:
        """How many features a prompt has, without waking the encoder."""
        return self.tokenizer([prompt])[0].shape[1]


def encoder_shards(index: Path) -> list[WeightFile]:
    """The files that hold the encoder, by the index on this machine; CheckpointError where it lists none."""
    names = sorted({shard for name, shard in read_weight_map(index).items() if _is_encoders(name)})
    return [WeightFile(REPO, name, None, None, LICENCE) for name in names]


def encoder_bytes(device: torch.device) -> int:
    """What the encoder takes of host memory, beside a transformer on this device."""
    return PARAMETERS * _dtype(device).itemsize


def load_flan_t5(device: torch.device, weights: Path | None = None, say: Say | None = None) -> FlanT5:
    """The encoder half of Flan-T5-XL, in float16 for CUDA as published, in float32 elsewhere; strict about its tensors.

    Of the shards, only those that hold the encoder are needed. Raises CheckpointError where a file is off.
    """
    from transformers import T5Config, T5EncoderModel

    config_path, index, tokenizer_path = locate_all(FILES, weights, say=say)
    shards = locate_all(encoder_shards(index), weights, say=say)
    state: dict[str, Tensor] = {}
    for shard in shards:
        table = open_tensors(shard, say=say)
        state |= table.read([name for name in table.shapes if _is_encoders(name)])
    try:
        config = T5Config(**json.loads(config_path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointError(f"{config_path} is no configuration of T5 ({error!r}); fetch it again.") from error
    model = load_pretrained(T5EncoderModel, config, state, str(index), dtype=_dtype(device))
    return FlanT5(model, load_prompt_tokenizer(tokenizer_path, T5), device)


def _dtype(device: torch.device) -> torch.dtype:
    return torch.float16 if device.type == "cuda" else torch.float32


def _is_encoders(name: str) -> bool:
    return name.startswith(("encoder.", "shared."))
