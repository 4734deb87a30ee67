"""Rows of an evaluation: one image each, as JSON Lines."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ttsvar.errors import ConfigError


@dataclass(frozen=True)
class Row:
    """One evaluated image. `recipe` digests model, search and detector: other recipes do not compare."""

    prompt: str
    tag: str
    held_out: bool
    search: str
    seed: int
    correct: bool
    reward: float | None
    seconds: float
    flops: float
    reasons: tuple[str, ...]
    recipe: str

    @property
    def key(self) -> tuple[str, str, int]:
        """What a row may exist once for: search, prompt, seed."""
        return self.search, self.prompt, self.seed


def read_rows(path: str | Path) -> list[Row]:
    """Rows of a JSON Lines file, none if there is no file; an unfinished last line, as a kill leaves it, is cut off."""
    path = Path(path)
    if not path.exists():
        return []
    text = path.read_text()
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole)
    names = {f.name for f in fields(Row)}
    rows = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            values: dict[str, Any] = json.loads(line)
            rows.append(Row(**{**{n: values[n] for n in names}, "reasons": tuple(values["reasons"])}))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ConfigError(f"{path}, line {number} is not a row of an evaluation ({error!r}).") from error
    return rows
