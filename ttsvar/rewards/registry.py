"""Every judge that can be named: each file of this package registers its own, loaded once a process when first used.

Any may be the potential of a search (`SearchConfig.reward`), any other the held-out judge (`Engine.judge`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from ttsvar.registry import Registry
from ttsvar.rewards.combination import Combination
from ttsvar.types import Reward
from ttsvar.weights.loadable import LazyMapping, Loadable, Location, registering
from ttsvar.weights.offload import VisitingReward

JUDGES: Registry[Loadable[Reward]] = Registry("reward", "ttsvar.rewards", lambda row: row.place)
judge = registering(JUDGES)
"""`@judge(name, summary, files)` above a function from files and a device to a `Reward` names a new judge."""
COMBINED = ("hps", "image-reward")
"""The parts of the paper's combination, which is named after them."""
COMBINATION = "+".join(COMBINED)


@cache
def judges(location: Location) -> LazyMapping[Reward]:
    """The named judges at a location."""
    return LazyMapping({name: partial(_load, name, location) for name in JUDGES})


def _load(name: str, location: Location) -> Reward:
    loaded: Any = JUDGES[name].load(location)
    # The package keeps its weights to itself.
    return VisitingReward(loaded, location.device) if location.offload and hasattr(loaded, "model") else loaded


def rewards(location: Location, own: Mapping[str, Callable[[], Reward]] | None = None) -> LazyMapping[Reward]:
    """What `SearchConfig.reward` may name: every judge, a model's `own` in place of those, and the combination."""
    shared = judges(location)
    loaders: dict[str, Callable[[], Reward]] = {name: partial(shared.__getitem__, name) for name in shared}
    loaders |= own or {}
    # The combination takes its parts from the mapping, so that each is loaded, and remembered, only once.
    loaders[COMBINATION] = lambda: Combination([named[part] for part in COMBINED], name=COMBINATION)
    here: dict[str, Callable[[], bool]] = {
        name: partial(row.here, location.weights) for name, row in JUDGES.items() if name not in (own or {})
    }
    here[COMBINATION] = lambda: all(here.get(part, lambda: True)() for part in COMBINED)
    named = LazyMapping(loaders, here)
    return named
