"""The store of a sweep: one SQLite file, one row an image, written as the sweep goes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ttsvar.config import SearchConfig
from ttsvar.errors import StoreError
from ttsvar.evaluation.rules.shortfall import Shortfall
from ttsvar.schedule import scores_every_scale
from ttsvar.types import Component

VERSION = 1
JSON_COLUMNS = ("reasons", "judges", "parts", "scores")
BOOLEAN_COLUMNS = ("held_out", "correct")


@dataclass(frozen=True)
class Conditions:
    """What an image depends on besides prompt and seed: the model, its search, and the weights and the measure used."""

    model: str
    search: SearchConfig
    weights: str
    """Digest of the files of the model and of the detector that measures, and of the model's own sampling."""

    @property
    def settings(self) -> str:
        """The search as JSON; settings at their defaults are left out, so that a new one does not orphan old rows."""
        usual = SearchConfig()
        changed = {name: value for name, value in self.search.values().items() if value != getattr(usual, name)}
        if scores_every_scale(self.search):
            changed["score_scales"] = "all"  # earlier rows of such a search saw the decision scales alone
        if self.search.score_scales == ():
            del changed["score_scales"]
        return json.dumps(changed, sort_keys=True)

    @property
    def key(self) -> str:
        """12 hex digits that stand for this recipe."""
        text = json.dumps([self.model, self.settings, self.weights])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class Row:
    """One measured image; `recipe`, `prompt` and `draw` (the seed the engine drew with) say which."""

    recipe: str
    prompt: str
    draw: int
    tag: str
    held_out: bool
    seed: int
    correct: bool
    reasons: tuple[Shortfall | str, ...]
    """Why it is wrong; rows written before shortfalls were data hold sentences."""
    reward: float | None
    """Of the reward that selected (with raw sampling, that would have)."""
    judges: dict[str, float]
    """Of every other reward that is loaded."""
    survivors: int
    diversity: float | None
    """Mean pairwise distance (1 - cosine) of the survivors' mean-pooled features; None with one survivor."""
    seconds: float
    """Of the wall clock, with whatever else the machine did."""
    cpu_seconds: float
    """Of the processor, where it computes; 0 where an accelerator does."""
    flops: float
    parts: dict[str, dict[str, float]]
    """Seconds, FLOPs, peak bytes and items by component."""

    @property
    def alone(self) -> float:
        """Seconds on a machine with nothing else to do: a process computes on one thread, so the processor's own."""
        return self.cpu_seconds or self.seconds

    @property
    def transformer_flops(self) -> float:
        """Of the transformer alone: what the paper counts; decodes, features and rewards are left out."""
        return self.parts.get(Component.TRANSFORMER, {}).get("flops", 0.0)

    @property
    def key(self) -> tuple[str, str, int]:
        """What a row may exist once for."""
        return self.recipe, self.prompt, self.draw


@dataclass(frozen=True)
class Trace:
    """Rewards [candidates][scales] of candidates that nobody selected, for consistency (paper, Figure 5b and 6)."""

    recipe: str
    prompt: str
    draw: int
    scores: tuple[tuple[float, ...], ...]

    @property
    def key(self) -> tuple[str, str, int]:
        """What a trace may exist once for."""
        return self.recipe, self.prompt, self.draw


class Store:
    """Rows, traces, recipes and notes of sweeps in one file; each is committed as soon as it is written.

    Any number of readers, and writers in turn. Writing a key again changes nothing. Raises StoreError where the file
    is no store, or the disk is full.
    """

    def __init__(self, path: str | Path, *, create: bool = True) -> None:
        self.path = Path(path)
        if not create and not self.path.is_file():
            raise StoreError(f"There are no rows at {path}; make some with: python -m ttsvar evaluate headline.")
        with self._explained("opened"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=60.0, isolation_level=None)
            self._prepare()

    def _prepare(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version != VERSION and (version or tables):
            raise StoreError(f"{self.path} is a database of another kind or version; give another file.")
        if version == VERSION:
            return
        self._db.executescript(
            f"""BEGIN;
            CREATE TABLE IF NOT EXISTS recipes (key TEXT PRIMARY KEY, model TEXT, search TEXT, weights TEXT);
            {_table("rows", Row)} {_table("traces", Trace)}
            CREATE TABLE IF NOT EXISTS notes (weights TEXT, name TEXT, value TEXT, PRIMARY KEY (weights, name));
            PRAGMA user_version = {VERSION};
            COMMIT;"""
        )

    def close(self) -> None:
        """Close the file; nothing is lost without it."""
        self._db.close()

    def add_recipe(self, recipe: Conditions) -> None:
        """Say what a recipe's key stands for."""
        values = (recipe.key, recipe.model, recipe.settings, recipe.weights)
        with self._explained("written to"):
            self._db.execute("INSERT OR IGNORE INTO recipes VALUES (?, ?, ?, ?)", values)

    def add(self, entry: Row | Trace) -> None:
        """Write one row or trace."""
        table = "rows" if isinstance(entry, Row) else "traces"
        values = [_encoded(f.name, getattr(entry, f.name)) for f in fields(entry)]
        marks = ", ".join("?" * len(values))
        with self._explained("written to"):
            self._db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)

    def keys(self, table: str = "rows") -> set[tuple[str, str, int]]:
        """Of everything that is there."""
        with self._explained("read"):
            return set(self._db.execute(f"SELECT recipe, prompt, draw FROM {table}"))

    def rows(self, recipe: str) -> list[Row]:
        """All rows of a recipe, in an order that does not depend on when they were made."""
        return [Row(**values) for values in self._entries("rows", recipe)]

    def traces(self, recipe: str) -> list[Trace]:
        """All traces of a recipe, in the same order."""
        return [Trace(**values) for values in self._entries("traces", recipe)]

    def latest(self) -> tuple[str, str] | None:
        """(model, weights) of the newest recipe that has rows or traces, None where there is none."""
        query = """SELECT model, weights FROM recipes WHERE key IN (SELECT recipe FROM rows)
            OR key IN (SELECT recipe FROM traces) ORDER BY rowid DESC LIMIT 1"""
        with self._explained("read"):
            return self._db.execute(query).fetchone()

    def work(self, weights: str) -> tuple[int, float]:
        """How many images these weights have rows of, and the seconds that they took, each alone on a machine."""
        query = """SELECT count(*), total(coalesce(nullif(cpu_seconds, 0), seconds)) FROM rows
            WHERE recipe IN (SELECT key FROM recipes WHERE weights = ?)"""
        with self._explained("read"):
            return self._db.execute(query, (weights,)).fetchone()

    def set_note(self, weights: str, name: str, value: Any) -> None:
        """Keep a measurement that is not about one image, as JSON; an older one of this name is replaced."""
        with self._explained("written to"):
            self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (weights, name, json.dumps(value)))

    def notes(self, weights: str) -> dict[str, Any]:
        """All notes about these weights."""
        with self._explained("read"):
            rows = self._db.execute("SELECT name, value FROM notes WHERE weights = ? ORDER BY name", (weights,))
            return {name: json.loads(value) for name, value in rows}

    def _entries(self, table: str, recipe: str) -> Iterator[dict[str, Any]]:
        with self._explained("read"):
            cursor = self._db.execute(f"SELECT * FROM {table} WHERE recipe = ? ORDER BY prompt, draw", (recipe,))
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                values = dict(zip(names, row, strict=True))
                yield {name: _decoded(name, value) for name, value in values.items()}

    @contextmanager
    def _explained(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self.path} cannot be {verb} ({error}). Rows written before are kept; make room or give another "
                "file, and run the same command again."
            ) from error


def _table(name: str, kind: type) -> str:
    columns = ", ".join(f.name for f in fields(kind))
    return f"CREATE TABLE IF NOT EXISTS {name} ({columns}, PRIMARY KEY (recipe, prompt, draw));"


def _encoded(name: str, value: Any) -> Any:
    if name == "reasons":
        value = [reason.to_json() if isinstance(reason, Shortfall) else reason for reason in value]
    return json.dumps(value) if isinstance(value, tuple | list | dict) else value


def _decoded(name: str, value: Any) -> Any:
    if name in BOOLEAN_COLUMNS:
        return bool(value)
    if name not in JSON_COLUMNS:
        return value
    decoded = json.loads(value)
    if name == "scores":
        return tuple(tuple(row) for row in decoded)
    if name == "reasons":
        return tuple(Shortfall.from_json(reason) if isinstance(reason, dict) else reason for reason in decoded)
    return tuple(decoded) if isinstance(decoded, list) else decoded
