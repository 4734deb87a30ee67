"""The judge's record of the model that is shown: the populations that were drawn by its very files, if any ship."""

from __future__ import annotations

import logging
from functools import cache

from ttsvar.config import SearchConfig
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import FileError
from ttsvar.evaluation.populations.record import Plane, Populations
from ttsvar.evaluation.populations.reliability import Reliability, reliability
from ttsvar.evaluation.populations.shipped import shipped as shipped_with
from ttsvar.extractor import EXTRACTORS, Sees

from ..session.session import Session

log = logging.getLogger("ttsvar.ui")


@cache
def shipped(model: str = "toybox") -> Populations | None:
    """The populations of a model's world in this installation, read once; None where there are none."""
    try:
        return shipped_with(model)
    except FileError as error:
        log.warning("The judge's record is left out: %s", error)
        return None


def record_of(engine: SearchEngine, search: SearchConfig) -> Populations | None:
    """The populations that tell of a search on this model; None for other files, another judge or another eye.

    A record of earlier weights would tell of another judge, so it is not shown.
    """
    found, usual = shipped(engine.name), SearchConfig()
    if found is None or (search.reward, search.extractor) != (usual.reward, usual.extractor):
        return None
    return found if found.fits(engine.name, engine.weights, len(engine.schedule)) else None


def plane_of(session: Session) -> Plane | None:
    """The map of the pictures of the very files that drew a run; None for others, and where whole pictures are seen."""
    found, run = shipped(session.run.model), session.run
    if found is None or EXTRACTORS[run.search.extractor].sees is not Sees.PATCHES:
        return None
    return found.plane if found.fits(run.model, str(session.origin.get("weights")), len(run.schedule)) else None


@cache
def reliability_of(populations: Populations, candidates: int) -> Reliability:
    """`reliability`, once for each number of candidates."""
    return reliability(populations, candidates)
