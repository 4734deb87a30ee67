"""Prompts to text features: a word-level tokenizer for small worlds, and a T5 encoder of any size.

Dimension letters: S prompts, T text tokens, Ct text channels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import T5Config, T5EncoderModel

from ttsvar.errors import CheckpointError, PromptError

PAD, EOS, UNK = 0, 1, 2
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")


class PromptTokenizer(Protocol):
    """Prompts to token ids."""

    def ids(self, prompt: str) -> list[int]:
        """The token ids of one prompt, end token included."""
        ...

    def __len__(self) -> int:
        """Ids are below this number."""
        ...


class WordTokenizer:
    """One id per lower-case word of a fixed vocabulary; 0 pads, 1 ends, 2 stands for every unknown word."""

    def __init__(self, words: Sequence[str]) -> None:
        wrong = [word for word in words if not _WORD.fullmatch(word)]
        if wrong or len(set(words)) != len(words):
            raise PromptError(f"The vocabulary must hold each lower-case word once: not {wrong or 'repeats'}.")
        self.words = tuple(words)
        self._index = {word: i + UNK + 1 for i, word in enumerate(self.words)}

    @classmethod
    def from_file(cls, path: str | Path) -> WordTokenizer:
        """The vocabulary of a file: a JSON list of words, or text with one word a line."""
        text = Path(path).read_text(encoding="utf-8")
        return cls(json.loads(text) if text.lstrip().startswith("[") else text.split())

    def __len__(self) -> int:
        return len(self.words) + UNK + 1

    def split(self, prompt: str) -> list[str]:
        """The lower-case words of a prompt; raises PromptError where there is none."""
        words = _WORD.findall(prompt.lower())
        if not words:
            raise PromptError(f"The prompt {prompt!r} has no words; describe a picture.")
        return words

    def ids(self, prompt: str) -> list[int]:
        """The word ids of one prompt, and the end token."""
        return [self._index.get(word, UNK) for word in self.split(prompt)] + [EOS]

    def unknown(self, prompt: str) -> list[str]:
        """The words of a prompt that are not in the vocabulary, each once, in order."""
        return list(dict.fromkeys(word for word in self.split(prompt) if word not in self._index))


class TextEncoder(nn.Module):
    """A T5 encoder with its tokenizer; learns with the transformer where its weights are small."""

    def __init__(self, model: T5EncoderModel, tokenizer: PromptTokenizer) -> None:
        super().__init__()
        self.model = model
        self.tokenizer = tokenizer

    @property
    def channels(self) -> int:
        """Ct."""
        return int(self.model.config.d_model)

    def encode(self, prompts: Sequence[str]) -> tuple[Tensor, tuple[int, ...]]:
        """Prompts to (features [S, T, Ct], rows that are text per prompt); what lies beyond those is to be masked."""
        if not prompts:
            raise PromptError("There are no prompts to encode; give one or more.")
        rows = [self.tokenizer.ids(prompt) for prompt in prompts]
        lens = tuple(len(row) for row in rows)
        ids = torch.full((len(rows), max(lens)), PAD)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
        return self(ids, lens), lens

    def forward(self, ids: Tensor, lens: Sequence[int]) -> Tensor:
        """Padded ids [S, T] to features [S, T, Ct]."""
        device = self.model.shared.weight.device
        mask = torch.arange(ids.shape[1]) < torch.tensor(lens)[:, None]
        return self.model(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state


def tiny_text_encoder(
    tokenizer: WordTokenizer, channels: int = 128, layers: int = 2, heads: int = 4, seed: int = 0
) -> TextEncoder:
    """An untrained encoder of T5's architecture (gated GELU, relative positions, no dropout) for a small vocabulary."""
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=channels,
        d_kv=channels // heads,
        d_ff=channels * 2,
        num_layers=layers,
        num_heads=heads,
        feed_forward_proj="gated-gelu",
        dropout_rate=0.0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return TextEncoder(T5EncoderModel(config), tokenizer)


def save_text_encoder(encoder: TextEncoder, path: str | Path) -> None:
    """Write a word-level encoder as float16 safetensors, with its config and vocabulary in the metadata."""
    if not isinstance(encoder.tokenizer, WordTokenizer):
        raise CheckpointError("Only an encoder with a WordTokenizer can be written; T5 releases keep their own files.")
    metadata = {"config": encoder.model.config.to_json_string(), "words": json.dumps(encoder.tokenizer.words)}
    save_file({k: t.detach().to("cpu", torch.float16).contiguous() for k, t in _own(encoder).items()}, path, metadata)


def load_text_encoder(path: str | Path) -> TextEncoder:
    """The inverse of `save_text_encoder`: float32, in evaluation mode; strict about names and shapes."""
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"There is no text encoder at {path}; train it, or correct the path.")
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 (not a dict)
    if not {"config", "words"} <= metadata.keys():
        raise CheckpointError(f"{path} has no config and words in its metadata; write it with save_text_encoder.")
    model = T5EncoderModel(T5Config(**json.loads(metadata["config"])))
    encoder = TextEncoder(model, WordTokenizer(json.loads(metadata["words"])))
    own = _own(encoder)
    wrong = sorted(own.keys() ^ tensors.keys()) or [n for n, t in own.items() if t.shape != tensors[n].shape]
    if wrong:
        raise CheckpointError(f"{path} is not this encoder's; unknown, missing or misshapen: {', '.join(wrong)}.")
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(tensors[name])
    return encoder.eval()


def _own(encoder: TextEncoder) -> dict[str, Tensor]:
    """The encoder's tensors by name, those that are tied to another left out."""
    return dict(encoder.model.named_parameters())
