"""What a person added to a run that its states do not hold: comparisons with the algorithm. Kept and saved with it.

Names of branches are in run.json, where the history keeps them. Comparisons are in `annotations.json` beside it: their
pictures and verdicts can be made again from the bits, but which choices were compared is known nowhere else.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ttsvar.engine.history import History
from ttsvar.errors import ConfigError, FileError
from ttsvar.evaluation.rules.shortfall import Shortfall
from ttsvar.outside import DAMAGE, read_json
from ttsvar.storage.atomic import keeping, write_atomically
from ttsvar.storage.lock import writing

log = logging.getLogger("ttsvar.ui")
FILE = "annotations.json"
"""Beside run.json."""
FORMAT = 1
FORMER = "shown/{root}-duels.json"
"""Where comparisons lay while they were part of what is shown."""
MOST_BYTES, MOST_DUELS, MOST_KEPT = 8 * 1024**2, 500, 512
"""Of a file, of its comparisons, and of the candidates that one choice keeps."""
UNREADABLE = (ConfigError, FileError, *DAMAGE)
"""What reading JSON of another kind comes to."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One way to the end: who was kept, the winner with its reward, and whether the prompt is satisfied."""

    end: str
    kept: tuple[str, ...]
    winner: str
    reward: float
    diversity: float
    """Mean pairwise distance of the survivors' features right after the choice."""
    satisfied: bool | None = None
    """None where nothing measures it."""
    reasons: tuple[Shortfall, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """What both ways came to with another seed after the choice."""

    mine: float
    algorithm: float
    mine_satisfied: bool | None = None
    algorithm_satisfied: bool | None = None

    @property
    def gain(self) -> float:
        """Reward of my picture over the algorithm's; 0 where both miss the prompt."""
        both_wrong = self.mine_satisfied is False and self.algorithm_satisfied is False
        return 0.0 if both_wrong else self.mine - self.algorithm


@dataclass(frozen=True, kw_only=True)
class Duel:
    """Two ways from the same scale."""

    at: str
    scale: int
    decision: str | None
    mine: Side
    algorithm: Side
    agreement: float
    """Share of the kept places that both gave to the same candidates."""
    repeats: tuple[Repeat, ...] = ()
    """The same comparison with other seeds."""

    @property
    def gain(self) -> float:
        """Reward of my picture over the algorithm's, both as they are shown: to two places."""
        return round(round(self.mine.reward, 2) - round(self.algorithm.reward, 2), 2)

    @property
    def lost_diversity(self) -> float:
        """How much nearer to each other my survivors are than the algorithm's."""
        return self.algorithm.diversity - self.mine.diversity

    @property
    def outcome(self) -> str:
        """'won', 'tied' or 'lost', by reward; where both pictures are wrong nobody won."""
        return outcome(self.gain, self.mine.satisfied, self.algorithm.satisfied)


def outcome(gain: float, mine: bool | None = None, algorithm: bool | None = None) -> str:
    """'won', 'tied' or 'lost'; what is shown alike is tied, and so are two pictures that both miss the prompt."""
    if mine is False and algorithm is False:
        return "tied"
    return "tied" if abs(gain) < 0.005 else "won" if gain > 0 else "lost"


class Annotations:
    """The comparisons of one run, oldest first, and the folder that keeps them."""

    def __init__(self, duels: Sequence[Duel], folder: Path | None) -> None:
        self.duels = tuple(duels)
        self._folder = folder

    def add(self, duel: Duel) -> None:
        """Keep a comparison on disk; one of the same choice at the same place is replaced."""
        others = (d for d in self.duels if (d.at, d.mine.end) != (duel.at, duel.mine.end))
        self.duels = (*others, duel)
        self.save()

    def save(self) -> None:
        """Write the comparisons, if there are any, beside the run, with those that another server put there."""
        if self._folder is not None and self.duels:
            with keeping():
                self._folder.mkdir(parents=True, exist_ok=True)
                with writing(self._folder):
                    self._take_in(self._folder / FILE)
                    content = to_json(self.duels)
                    write_atomically(self._folder / FILE, lambda file: file.write(content))

    def _take_in(self, path: Path) -> None:
        own = {(duel.at, duel.mine.end) for duel in self.duels}
        try:
            found = from_json(path.read_bytes()) if path.is_file() else []
        except (OSError, ConfigError) as error:
            log.warning("%s is written anew: %s", FILE, error)
            return
        self.duels = (*(duel for duel in found if (duel.at, duel.mine.end) not in own), *self.duels)


def read_duels(history: History, folder: Path | None) -> list[Duel]:
    """The comparisons that lie in a run's folder, oldest first; a damaged file counts as absent.

    So does a comparison of states that the run does not have.
    """
    if folder is None:
        return []
    path, former = folder / FILE, folder / FORMER.format(root=history.root.state.id)
    found: list[Duel] = []
    try:
        if path.is_file():
            found = from_json(path.read_bytes())
        elif former.is_file():
            found = [_duel_from_json(values) for values in read_json(former.read_bytes(), MOST_BYTES)]
    except UNREADABLE as error:
        log.warning("the comparisons of %s are left out: %s", folder.name, error)
    return [duel for duel in found if _belongs(duel, history)]


def to_json(duels: Sequence[Duel]) -> bytes:
    """The content of the file."""
    return json.dumps({"format": FORMAT, "duels": [_duel_to_json(duel) for duel in duels]}).encode()


def from_json(content: bytes) -> list[Duel]:
    """Comparisons of a file's content; raises ConfigError where anything in it is not as `to_json` writes it."""
    try:
        values = read_json(content, MOST_BYTES)
        if values["format"] != FORMAT or len(values["duels"]) > MOST_DUELS:
            raise ConfigError(f"annotations of format {values['format']!r:.20} with {len(values['duels'])} comparisons")
        return [_duel_from_json(duel) for duel in values["duels"]]
    except UNREADABLE as error:
        raise ConfigError(f"These annotations cannot be read ({error!r}).") from error


def _belongs(duel: Duel, history: History) -> bool:
    """Whether a comparison is of this run: of a scale that was stepped, and of two ends that follow from it."""
    if not all(state in history for state in (duel.at, duel.mine.end, duel.algorithm.end)):
        return False
    node = history.node(duel.at)
    if node.result is None or (duel.scale, duel.decision) != (node.state.scale, node.result.decision):
        return False
    names = set(node.result.grown.candidate_ids)
    return all(
        set(side.kept) <= names
        and history.node(side.end).state.done
        and side.winner in history.node(side.end).state.candidate_ids
        and node in history.path(side.end)
        for side in (duel.mine, duel.algorithm)
    )


def _duel_to_json(duel: Duel) -> dict[str, Any]:
    values = asdict(duel)
    for name, side in (("mine", duel.mine), ("algorithm", duel.algorithm)):
        values[name]["reasons"] = [reason.to_json() for reason in side.reasons]
    return values


def _duel_from_json(values: Mapping[str, Any]) -> Duel:
    mine, algorithm = _side_from_json(values["mine"]), _side_from_json(values["algorithm"])
    repeats = tuple(_repeat_from_json(one) for one in values.get("repeats", ()))
    duel = Duel(**{**values, "mine": mine, "algorithm": algorithm, "repeats": repeats})
    strings = (duel.at, duel.decision or "")
    if not _fit(strings, (duel.agreement,)) or type(duel.scale) is not int:
        raise ConfigError("a comparison whose scale or agreement is no number")
    return duel


def _repeat_from_json(values: Mapping[str, Any]) -> Repeat:
    one = Repeat(**values)
    verdicts = (one.mine_satisfied, one.algorithm_satisfied)
    if not _fit((), (one.mine, one.algorithm)) or any(v not in (None, True, False) for v in verdicts):
        raise ConfigError("a repeated comparison that is not of numbers")
    return one


def _side_from_json(values: Mapping[str, Any]) -> Side:
    # Sentences of a time when shortfalls were no data say nothing here; whoever shows them judges the picture anew.
    reasons = tuple(Shortfall.from_json(reason) for reason in values["reasons"] if not isinstance(reason, str))
    side = Side(**{**values, "kept": tuple(values["kept"]), "reasons": reasons})
    strings = (side.end, side.winner, *side.kept)
    if not _fit(strings, (side.reward, side.diversity)) or side.satisfied not in (None, True, False):
        raise ConfigError("a side of a comparison that is not of words and numbers")
    if not 1 <= len(side.kept) <= MOST_KEPT:
        raise ConfigError(f"a side of a comparison that keeps {len(side.kept)} candidates")
    return side


def _fit(strings: tuple[Any, ...], numbers: tuple[Any, ...]) -> bool:
    return all(isinstance(s, str) for s in strings) and all(
        isinstance(n, int | float) and math.isfinite(n) for n in numbers
    )
