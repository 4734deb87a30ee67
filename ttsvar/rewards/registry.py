"""Every judge that can be named: each file of this package registers its own, loaded once a process when first used.

Any may be the potential of a search (`SearchConfig.reward`), any other the held-out judge (`Engine.judge`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial

from ttsvar.judges import JUDGES
from ttsvar.protocols import Reward
from ttsvar.rewards.combination import Combination, Combined
from ttsvar.weights.loadable import LazyMapping, Loadable, Location, registering
from ttsvar.weights.offload import MovableReward, VisitingReward

judge = registering(JUDGES)
"""`@judge(name, summary, files)` above a function from files and a device to a `Reward` names a new judge."""


@cache
def judges(location: Location) -> LazyMapping[Reward]:
    """The named judges at a location, combinations apart."""
    return LazyMapping({name: partial(_load, row, location) for name, row in _single().items()})


def combinations() -> dict[str, Combined]:
    """The judges that are made of others, by name."""
    return {name: row for name, row in JUDGES.items() if isinstance(row, Combined)}


def _single() -> dict[str, Loadable[Reward]]:
    return {name: row for name, row in JUDGES.items() if not isinstance(row, Combined)}


def _load(row: Loadable[Reward], location: Location) -> Reward:
    loaded = row.load(location)
    if location.offload and isinstance(loaded, MovableReward):
        return VisitingReward(loaded, location.device)
    return loaded  # some keep their weights to themselves, or have none


def rewards(location: Location, own: Mapping[str, Callable[[], Reward]] | None = None) -> LazyMapping[Reward]:
    """What `SearchConfig.reward` may name: every judge, a model's `own` in place of those, and combinations."""
    shared = judges(location)
    loaders: dict[str, Callable[[], Reward]] = {name: partial(shared.__getitem__, name) for name in shared}
    loaders |= own or {}
    here: dict[str, Callable[[], bool]] = {
        name: partial(row.here, location.weights) for name, row in _single().items() if name not in (own or {})
    }

    def combined(name: str, row: Combined) -> Reward:
        # Its parts are taken from the mapping, so that each is loaded, and remembered, only once.
        return Combination([named[part] for part in row.parts], name=name)

    def all_here(row: Combined) -> bool:
        return all(here.get(part, lambda: True)() for part in row.parts)

    for name, row in combinations().items():
        loaders[name], here[name] = partial(combined, name, row), partial(all_here, row)
    named = LazyMapping(loaders, here)
    return named
