"""Whole words as tokens, for models of a small world: the prompt of the toybox's transformer and of its reward."""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from torch import Tensor

PAD, EOS, UNK = 0, 1, 2
SPECIAL = ("<pad>", "</s>", "<unk>")
WORD = re.compile(r"[\w'-]+")


def words_of(text: str) -> list[str]:
    """The words of a text, lower-case, punctuation left out."""
    return WORD.findall(text.lower())


class WordTokenizer:
    """Whole words to ids: 0 pads, 1 ends a prompt, 2 stands for a word that is not in the vocabulary."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self._ids = {word: i + len(SPECIAL) for i, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words) + len(SPECIAL)

    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, tuple[int, ...]]:
        """Prompts to padded ids int64 [S, T] and how many of each row are valid, the end mark included."""
        rows = [[self._ids.get(word, UNK) for word in words_of(prompt)] + [EOS] for prompt in prompts]
        lens = tuple(len(row) for row in rows)
        ids = torch.full((len(rows), max(lens)), PAD)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
        return ids, lens

    def unknown(self, prompt: str) -> list[str]:
        """The words of a prompt that are not in the vocabulary, each once, in order."""
        return list(dict.fromkeys(word for word in words_of(prompt) if word not in self._ids))
