"""Rooms in which a class guesses together: a code to join, picks, and the points of every round. In memory alone."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from ttsvar.errors import StateError

from ...shell.contract import LONGEST_NICKNAME
from ...shell.names import clean
from .puzzle import CANDIDATES, Puzzle

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Of codes: none that are mistaken for each other."""
MOST_ROOMS, MOST_PLAYERS, MOST_ROUNDS = 64, 200, 50
LONGEST = 4 * 3600.0
"""Seconds that a room is kept after it was last used."""


@dataclass
class Player:
    """One person; `points` has an entry for each round that they picked in."""

    name: str
    points: dict[int, int] = field(default_factory=dict)


@dataclass
class Round:
    """One question, and who picked what."""

    puzzle: Puzzle
    picks: dict[str, int] = field(default_factory=dict)
    revealed: bool = False


@dataclass
class Room:
    """A class; `key` is the teacher's."""

    code: str
    key: str
    players: dict[str, Player] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)
    used: float = field(default_factory=time.monotonic)


class Rooms:
    """All rooms of a server; every method raises StateError with a sentence for who asked."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[str, Room] = OrderedDict()
        self._lock = threading.RLock()

    def open(self, puzzle: Puzzle) -> Room:
        """A new room with its first round; the one unused longest gives way where there are too many."""
        with self._lock:
            now = time.monotonic()
            for code in [c for c, room in self._rooms.items() if now - room.used > LONGEST]:
                del self._rooms[code]
            while len(self._rooms) >= MOST_ROOMS:
                self._rooms.popitem(last=False)
            code = next(c for c in iter(_code, "") if c not in self._rooms)
            room = self._rooms[code] = Room(code, secrets.token_urlsafe(12), rounds=[Round(puzzle)])
            return room

    def join(self, code: str, name: str) -> str:
        """A new player of a room; returns the player's id."""
        with self._lock:
            room = self._found(code)
            if len(room.players) >= MOST_PLAYERS:
                raise StateError(f"This room has {MOST_PLAYERS} players, which is as many as it takes.")
            player = secrets.token_urlsafe(9)
            called = clean(name, LONGEST_NICKNAME) or f"Player {len(room.players) + 1}"
            room.players[player] = Player(called)
            return player

    def pick(self, code: str, player: str, row: int) -> None:
        """A player's pick of the round that is open; it may change until the reveal."""
        with self._lock:
            room = self._found(code)
            current = room.rounds[-1]
            if player not in room.players:
                raise StateError("Join the room first.")
            if current.revealed:
                raise StateError("This round is over; wait for the next one.")
            if type(row) is not int or not 0 <= row < CANDIDATES:
                raise StateError(f"Pick one of the {CANDIDATES} pictures.")
            current.picks[player] = row

    def reveal(self, code: str, key: str) -> None:
        """End the round and give the points."""
        with self._lock:
            room = self._taught(code, key)
            current = room.rounds[-1]
            current.revealed = True
            for player, row in current.picks.items():
                room.players[player].points[len(room.rounds)] = current.puzzle.points[row]

    def check(self, code: str, key: str) -> None:
        """Raise StateError unless the key is that of the room's teacher."""
        with self._lock:
            self._taught(code, key)

    def go_on(self, code: str, key: str, puzzle: Puzzle) -> None:
        """Begin the next round."""
        with self._lock:
            room = self._taught(code, key)
            if len(room.rounds) >= MOST_ROUNDS:
                raise StateError(f"This room has had {MOST_ROUNDS} rounds; open a new one.")
            room.rounds.append(Round(puzzle))

    def told(self, code: str, player: str = "") -> dict[str, Any]:
        """What a room shows: the question, the answer only after the reveal."""
        with self._lock:
            room = self._found(code)
            current = room.rounds[-1]
            board = sorted(room.players.values(), key=lambda p: (-sum(p.points.values()), p.name))
            return {
                "code": room.code,
                "round": len(room.rounds),
                "players": len(room.players),
                "picked": len(current.picks),
                "mine": current.picks.get(player),
                "known": player in room.players,
                "revealed": current.revealed,
                "puzzle": current.puzzle.answer if current.revealed else current.puzzle.question,
                "picks": _counts(current) if current.revealed else [],
                "scores": [{"name": p.name, "points": sum(p.points.values())} for p in board[:12]],
                "rounds": [_summary(r) for r in room.rounds if r.revealed],
            }

    def _found(self, code: str) -> Room:
        room = self._rooms.get(code.strip().upper())
        if room is None:
            raise StateError("There is no room with this code (any more). Check it, or ask for a new one.")
        room.used = time.monotonic()
        self._rooms.move_to_end(room.code)
        return room

    def _taught(self, code: str, key: str) -> Room:
        room = self._found(code)
        if not secrets.compare_digest(room.key.encode(), key.encode()):
            raise StateError("Only who opened this room can do that.")
        return room


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(4))


def _counts(current: Round) -> list[int]:
    return [list(current.picks.values()).count(row) for row in range(CANDIDATES)]


def _summary(current: Round) -> dict[str, Any]:
    """Mean points of the people, and those of method, reward and chance."""
    answer = current.puzzle.answer
    got = [current.puzzle.points[row] for row in current.picks.values()]
    return {
        "prompt": current.puzzle.prompt,
        "people": round(fmean(got), 2) if got else None,
        "method": answer["method_points"],
        "reward": answer["favourite_points"],
        "chance": answer["chance_points"],
    }
