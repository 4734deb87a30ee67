"""Prompts to ids with the published tokenizers of BERT, CLIP and T5, each read from its one file and checked.

transformers' own loading asks a hub for minutes and then, without an error, returns a tokenizer that knows next to no
words. So the file is found first (`ttsvar.weights.download`), read as it is, and refused by name where its vocabulary
is not the model's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from tokenizers import AddedToken, Tokenizer
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.weights.download import WeightFile


class PromptTokenizer(Protocol):
    """Prompts to the ids that a text model reads."""

    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask (1 = real) int64 [S, T], padded on the right to the longest prompt."""
        ...


@dataclass(frozen=True)
class Vocabulary:
    """A published tokenizer: its file, how many tokens it has, and the marks that it must put around a prompt."""

    name: str
    file: WeightFile
    entries: int
    """With `added`."""
    marks: tuple[str, ...]
    """Each at one end of every prompt, or the only one at its end."""
    longest: int
    """Tokens of the longest prompt, marks included; longer ones are cut before the end mark."""
    added: tuple[str, ...] = ()
    """Marks that the model knows beyond the published vocabulary."""


BERT = Vocabulary(
    "BERT (uncased)",
    WeightFile("google-bert/bert-base-uncased", "tokenizer.json", None, None, "Apache-2.0"),
    entries=30524,
    marks=("[CLS]", "[SEP]"),
    longest=35,
    added=("[DEC]", "[ENC]"),
)
"""What ImageReward reads; BLIP added the last two tokens."""
CLIP = Vocabulary(
    "CLIP",
    WeightFile("openai/clip-vit-large-patch14", "tokenizer.json", None, None, "MIT"),
    entries=49408,
    marks=("<|startoftext|>", "<|endoftext|>"),
    longest=77,
)
"""OpenAI's and open_clip's are the same."""
T5 = Vocabulary(
    "T5",
    WeightFile("google/flan-t5-xl", "tokenizer.json", None, None, "Apache-2.0"),
    entries=32100,
    marks=("</s>",),
    longest=512,
)


class PublishedTokenizer:
    """A published tokenizer, checked against its `Vocabulary`; calls give ids and mask."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: Vocabulary, pad: int = 0) -> None:
        tokenizer.enable_truncation(vocabulary.longest)
        # Padding is masked, so one id serves every model.
        tokenizer.enable_padding(pad_id=pad)
        self.vocabulary = vocabulary
        self._tokenizer = tokenizer

    def __len__(self) -> int:
        return self._tokenizer.get_vocab_size()

    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask (1 = real) int64 [S, T], padded to the longest prompt and cut at the longest allowed."""
        rows = self._tokenizer.encode_batch(list(prompts))
        return torch.tensor([row.ids for row in rows]), torch.tensor([row.attention_mask for row in rows])


def load_prompt_tokenizer(path: str | Path, vocabulary: Vocabulary) -> PublishedTokenizer:
    """The tokenizer of a local tokenizer.json; asks no hub.

    Raises CheckpointError where the file is absent, no tokenizer, of another vocabulary, or puts no marks.
    """
    path, name = Path(path), vocabulary.name
    advice = f"Fetch {vocabulary.file.url} again."
    if not path.is_file():
        raise CheckpointError(f"There is no tokenizer of {name} at {path}. {advice}")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises no narrower class
        raise CheckpointError(f"{path} cannot be read as a tokenizer of {name} ({error}). {advice}") from error
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in vocabulary.added])
    if (size := tokenizer.get_vocab_size()) != vocabulary.entries:
        known = f"{size:,} tokens with {len(vocabulary.added)} added"
        raise CheckpointError(f"{path} holds {known}; {name} has {vocabulary.entries:,}. {advice}")
    tokens = tokenizer.encode("a cup").tokens
    ends = (tokens[0], tokens[-1])[-len(vocabulary.marks) :] if tokens else ()
    if ends != vocabulary.marks:
        raise CheckpointError(
            f"{path} reads 'a cup' as {tokens}; {name} puts {' and '.join(vocabulary.marks)}. {advice}"
        )
    return PublishedTokenizer(tokenizer, vocabulary)
