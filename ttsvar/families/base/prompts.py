"""Prompts that are free text, as most text-to-image families take them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FreeText:
    """The `PromptBook` of a model that reads any text: no word is unknown, and a prompt is kept as it is."""

    examples: tuple[str, ...]
    options: frozenset[str] = frozenset()
    vocabulary: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def unknown(self, prompt: str) -> tuple[str, ...]:
        """None of the prompt's words."""
        return ()

    def read(self, prompt: str) -> str:
        """The prompt as it is."""
        return prompt
