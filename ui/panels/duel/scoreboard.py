"""The score of everybody's duels on this server: one line of JSON each, kept beside the runs.

A visitor is a random id that the browser made up; a nickname is shown only where one was given.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from ttsvar.errors import FileError, StateError
from ttsvar.outside import DAMAGE, read_json

from ...session.annotations import Duel, outcome
from ...shell.contract import LONGEST_NICKNAME
from ...shell.names import clean, skeleton

log = logging.getLogger("ttsvar.ui")
VISITOR = re.compile(r"[0-9a-f]{16,40}")
MOST_ENTRIES, MOST_NAMES, MOST_LINE = 20_000, 5_000, 10_000
NAMES_A_MINUTE = 120
"""New names in a room; a class of thirty that changes its mind four times."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One duel of one visitor."""

    visitor: str
    run: str
    at: str
    scale: int
    decision: str | None
    gain: float
    lost_diversity: float
    agreement: float
    mine_satisfied: bool | None
    algorithm_satisfied: bool | None
    when: float
    end: str = ""
    """Where the choice led: whoever made it first on this run has it; empty in lines of a time that did not say."""

    @property
    def outcome(self) -> str:
        """'won', 'tied' or 'lost', by reward; two pictures that both miss the prompt are tied."""
        return outcome(self.gain, self.mine_satisfied, self.algorithm_satisfied)


@dataclass(frozen=True, kw_only=True)
class Score:
    """What a number of duels come to; means are over the duels."""

    duels: int
    won: int
    tied: int
    lost: int
    gain: float
    agreement: float
    lost_diversity: float
    satisfied_only_mine: int
    satisfied_only_algorithm: int


def total(entries: Sequence[Entry]) -> Score | None:
    """The score of some duels; None where there are none."""
    if not entries:
        return None
    outcomes = [e.outcome for e in entries]
    verdicts = [(e.mine_satisfied, e.algorithm_satisfied) for e in entries]
    return Score(
        duels=len(entries),
        won=outcomes.count("won"),
        tied=outcomes.count("tied"),
        lost=outcomes.count("lost"),
        gain=fmean(e.gain for e in entries),
        agreement=fmean(e.agreement for e in entries),
        lost_diversity=fmean(e.lost_diversity for e in entries),
        satisfied_only_mine=verdicts.count((True, False)),
        satisfied_only_algorithm=verdicts.count((False, True)),
    )


class Scoreboard:
    """Duels and nicknames, in memory and in one file; lines older than `ttl` seconds are left out when it is opened."""

    def __init__(self, path: Path | None, ttl: float = 7 * 86400.0) -> None:
        self.path = path
        self._entries: dict[tuple[str, str, str], Entry] = {}
        self._claims: dict[tuple[str, str], str] = {}
        """Who made a choice first, by its run and where it led."""
        self._names: dict[str, str] = {}
        self._ttl = ttl
        self._named_at: deque[float] = deque()
        self._lock = threading.Lock()
        self._torn = False
        """Whether the file's last line was cut off: the next one begins on a line of its own."""
        self._load(time.time() - ttl)

    def add(self, visitor: str, run: str, duel: Duel) -> None:
        """Count a duel; another choice at the same place of the same run replaces it.

        One that somebody else made before counts for them alone. Ids that are none are ignored.
        """
        if not is_visitor(visitor):
            return
        entry = Entry(
            visitor=visitor,
            run=run,
            at=duel.at,
            scale=duel.scale,
            decision=duel.decision,
            gain=duel.gain,
            lost_diversity=duel.lost_diversity,
            agreement=duel.agreement,
            mine_satisfied=duel.mine.satisfied,
            algorithm_satisfied=duel.algorithm.satisfied,
            when=time.time(),
            end=duel.mine.end,
        )
        with self._lock:
            if self._count(entry):
                self._append({"duel": asdict(entry)})

    def name(self, visitor: str, nickname: object) -> str:
        """Give a visitor a nickname, or none where it is empty; StateError where somebody else has it."""
        text = clean(nickname, LONGEST_NICKNAME)
        if not is_visitor(visitor):
            raise StateError("This browser keeps no visitor id; allow it to store data for this page.")
        with self._lock:
            if text == self._names.get(visitor, ""):
                return text
            seen = skeleton(text)
            if text and any(skeleton(n) == seen for v, n in self._names.items() if v != visitor):
                raise StateError(
                    f"Somebody here is called \u201c{text}\u201d already, or nearly so; choose another nickname."
                )
            self._take_time()
            self._names.pop(visitor, None)
            self._names[visitor] = text
            while len(self._names) > MOST_NAMES:
                del self._names[next(iter(self._names))]
            self._append({"visitor": visitor, "nickname": text})
        return text

    def nickname(self, visitor: str) -> str:
        """A visitor's nickname; empty where none was given."""
        return self._names.get(visitor, "")

    def of(self, visitor: str) -> list[Entry]:
        """A visitor's duels, oldest first."""
        return [e for e in self._ordered() if e.visitor == visitor]

    def named(self, since: float = 0.0) -> list[tuple[str, Entry]]:
        """Duels of everybody with a nickname, oldest first, that were fought after a time."""
        return [(name, e) for e in self._ordered() if e.when >= since and (name := self.nickname(e.visitor))]

    def _count(self, entry: Entry) -> bool:
        """Take an entry in unless somebody else has its choice; the oldest go where there are too many."""
        choice = (entry.run, entry.end)
        if entry.end and self._claims.setdefault(choice, entry.visitor) != entry.visitor:
            return False
        key = (entry.visitor, entry.run, entry.at)
        self._entries.pop(key, None)
        self._entries[key] = entry
        oldest = time.time() - self._ttl
        while len(self._entries) > MOST_ENTRIES or next(iter(self._entries.values())).when < oldest:
            first = next(iter(self._entries))
            self._claims.pop((self._entries[first].run, self._entries[first].end), None)
            del self._entries[first]
            if not self._entries:
                break
        return True

    def _take_time(self) -> None:
        """StateError where more names are given than a class gives."""
        now = time.monotonic()
        while self._named_at and self._named_at[0] < now - 60:
            self._named_at.popleft()
        if len(self._named_at) >= NAMES_A_MINUTE:
            raise StateError("Too many people take a name just now; try again in a minute.")
        self._named_at.append(now)

    def _ordered(self) -> list[Entry]:
        with self._lock:
            return sorted(self._entries.values(), key=lambda e: e.when)

    def _append(self, values: dict[str, Any]) -> None:
        if self.path is not None:
            line = json.dumps(values).encode() + b"\n"
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("ab") as file:
                    file.write(b"\n" + line if self._torn else line)
                self._torn = False
            except OSError as error:
                self._torn = True
                log.warning("%s lacks a line, which is kept in memory alone: %s", self.path, error)

    def _load(self, oldest: float) -> None:
        try:
            content = self.path.read_bytes() if self.path and self.path.is_file() else b""
        except OSError as error:
            log.warning("%s cannot be read: %s", self.path, error)
            return
        lines = content.split(b"\n")
        self._torn = lines.pop() != b""
        for number, line in enumerate(lines, start=1):
            try:
                values = read_json(line, MOST_LINE)
                if "duel" in values:
                    entry = Entry(**values["duel"])
                    if entry.when >= oldest:
                        self._count(entry)
                else:
                    self._names[str(values["visitor"])] = str(values["nickname"])
            except (FileError, *DAMAGE) as error:
                log.warning("%s, line %d is left out: %r", self.path, number, error)


def is_visitor(visitor: object) -> bool:
    """Whether this is an id as the page makes them up."""
    return isinstance(visitor, str) and VISITOR.fullmatch(visitor) is not None
