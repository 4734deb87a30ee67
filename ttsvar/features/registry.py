"""Every network of features that can be named: each file of this package registers its own, loaded when first used."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from ttsvar.errors import ConfigError
from ttsvar.extractor import EXTRACTORS, Sees
from ttsvar.protocols import FeatureExtractor
from ttsvar.registry import Registry
from ttsvar.weights.loadable import LazyMapping, Loadable, Location, registering
from ttsvar.weights.offload import MovableExtractor, VisitingExtractor

NETWORKS: Registry[Loadable[MovableExtractor]] = Registry("eye", "ttsvar.features", lambda row: row.place)
network = registering(NETWORKS)
"""`@network(name, summary, files)` above a function from files and a device to a `MovableExtractor` names a new one."""
DEFAULT_NETWORK = "dinov2-large"
"""The paper's."""
SUPERVISED_NETWORK = "inception"
"""The one for pictures as a whole, where a model brings none of its own."""


@cache
def networks(location: Location) -> LazyMapping[FeatureExtractor]:
    """The named networks at a location."""
    return LazyMapping({name: partial(_load, name, location) for name in NETWORKS})


def _load(name: str, location: Location) -> FeatureExtractor:
    loaded = NETWORKS[name].load(location)
    return VisitingExtractor(loaded, location.device) if location.offload else loaded


def network_loader(name: str, location: Location) -> Callable[[], FeatureExtractor]:
    """How a named network is loaded when first used; an unknown name raises ConfigError at once."""
    if name not in NETWORKS:
        raise ConfigError(f"There is no feature extractor named {name!r}; choose one of {', '.join(NETWORKS)}.")
    return partial(networks(location).__getitem__, name)


def extractors(
    patches: Callable[[], FeatureExtractor],
    supervised: Callable[[], FeatureExtractor],
    supervised_here: Callable[[], bool] = lambda: True,
) -> LazyMapping[FeatureExtractor]:
    """What `SearchConfig.extractor` may name, over the network of patches or the supervised one, as each row says.

    `supervised_here` says whether that one needs neither a download nor a library that is absent. Every picture is
    looked at for its patches, so their network is always offered, and downloaded where it must be.
    """
    shared = cache(patches)
    whole = [name for name, row in EXTRACTORS.items() if row.sees is Sees.WHOLE]
    loaders = {name: supervised if name in whole else shared for name in EXTRACTORS}
    return LazyMapping(loaders, dict.fromkeys(whole, supervised_here))
