"""Prompts of a class-conditional model: ImageNet's class names, and which class a prompt means."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ttsvar.errors import ConfigError, PromptError
from ttsvar.weights.shipped import ASSETS

NAMES_FILE = ASSETS / "imagenet_classes.tsv"
EXAMPLES = (980, 437, 22)
"""Classes of the authors' sampling demo: volcano, beacon, bald eagle."""
_SHOWN = 5
"""How many names a complaint offers."""


class ClassNames:
    """Classes in label order, each with one name or more: the `PromptBook` of a class-conditional model."""

    options: frozenset[str] = frozenset()

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        self.names = tuple(tuple(own) for own in names)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def choices(self) -> tuple[str, ...]:
        """One text a class that lists its names and means it alone, as in "tench, Tinca tinca"; in label order."""
        return self._choices

    @cached_property
    def _choices(self) -> tuple[str, ...]:
        texts = [", ".join(own) for own in self.names]
        return tuple(t if len(self._by_name[_key(t)]) == 1 else f"{i}: {t}" for i, t in enumerate(texts))

    def index(self, prompt: str) -> int:
        """The class that a prompt means; raises PromptError, with the nearest names, where it means none or several.

        A prompt is a class number, a choice, any one name, or a part of words that is in the names of one class alone.
        """
        text = _key(prompt)
        if numbered := re.fullmatch(r"(\d+)(?:: .*)?", text):
            number = int(numbered[1])
            if number < len(self) and text in (str(number), _key(f"{number}: {', '.join(self.names[number])}")):
                return number
            raise PromptError(f"There is no class {prompt.strip()!r}; classes are 0 to {len(self) - 1}, or names.")
        found = self._by_name.get(text) or self._containing(text)
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise PromptError(
                f"{prompt.strip()!r} may mean {len(found)} classes: {self._listed(sorted(found))}. "
                "Write more of the name, or the number."
            )
        near = difflib.get_close_matches(text, self._by_name, n=3 * _SHOWN, cutoff=0.3)
        labels = list(dict.fromkeys(i for name in near for i in sorted(self._by_name[name])))
        advice = f"Nearest are {self._listed(labels)}." if labels else "Write the name of an ImageNet class."
        raise PromptError(f"{prompt.strip()!r} is no class of this model. {advice}")

    def name(self, label: int) -> str:
        """The shortest text that means a class: its first name that no other class has, or its choice."""
        alone = (n for n in self.names[label] if self._by_name[_key(n)] == {label})
        return next(alone, self.choices[label])

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every class, with all its names."""
        return self.choices

    @property
    def examples(self) -> tuple[str, ...]:
        """Names of a few classes; the first ones where a model has too few for ImageNet's."""
        labels = EXAMPLES if len(self) > max(EXAMPLES) else range(min(3, len(self)))
        return tuple(self.name(label) for label in labels)

    def unknown(self, prompt: str) -> tuple[str, ...]:
        """The prompt itself where it means no class, or several."""
        try:
            self.index(prompt)
        except PromptError:
            return (prompt,)
        return ()

    def read(self, prompt: str) -> str:
        """The name of the class that a prompt means, which the reward is asked about; raises PromptError."""
        return self.name(self.index(prompt))

    @cached_property
    def _by_name(self) -> dict[str, set[int]]:
        table: dict[str, set[int]] = defaultdict(set)
        for label, own in enumerate(self.names):
            for text in {*own, ", ".join(own)}:
                table[_key(text)].add(label)
        return dict(table)

    def _containing(self, text: str) -> set[int]:
        if not text:
            return set()
        words = re.compile(rf"\b{re.escape(text)}\b")
        for fits in (words.search, lambda name: text in name):
            if found := {label for name, labels in self._by_name.items() if fits(name) for label in labels}:
                return found
        return set()

    def _listed(self, labels: Sequence[int]) -> str:
        shown = ", ".join(f"{self.names[i][0]} ({i})" for i in labels[:_SHOWN])
        return shown + (f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else "")


def imagenet_names(path: Path = NAMES_FILE) -> ClassNames:
    """The 1000 classes in label order; raises ConfigError where the list is not at hand."""
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        return ClassNames([[name.strip() for name in line.split("\t")[1].split(",")] for line in lines])
    except (OSError, IndexError) as error:
        raise ConfigError(f"The list of class names at {path} cannot be read ({error}); restore the file.") from error


def _key(text: str) -> str:
    return " ".join(text.lower().split())
