"""The judge's record of the model that is shown: the populations that were drawn by its very files, if any ship."""

from __future__ import annotations

import logging
from functools import cache

from ttsvar.config import SearchConfig
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import FileError
from ttsvar.evaluation.populations.record import SHIPPED, Plane, Populations, read
from ttsvar.evaluation.populations.reliability import Reliability, reliability
from ttsvar.extractor import EXTRACTORS, Sees

from ..session.session import Session

log = logging.getLogger("ttsvar.ui")


@cache
def shipped() -> Populations | None:
    """The populations of this installation, read once; None where there are none."""
    if not SHIPPED.is_file():
        return None
    try:
        return read(SHIPPED)
    except FileError as error:
        log.warning("The judge's record is left out: %s", error)
        return None


def record_of(engine: SearchEngine, search: SearchConfig) -> Populations | None:
    """The populations that tell of a search on this model; None for other files, another judge or another eye.

    A record of earlier weights would tell of another judge, so it is not shown.
    """
    found, usual = shipped(), SearchConfig()
    if found is None or (search.reward, search.extractor) != (usual.reward, usual.extractor):
        return None
    return found if found.fits(engine.name, engine.weights, len(engine.schedule)) else None


def plane_of(session: Session) -> Plane | None:
    """The map of the pictures of the very files that drew a run; None for others, and where whole pictures are seen."""
    found, run = shipped(), session.run
    if found is None or EXTRACTORS[run.search.extractor].sees is not Sees.PATCHES:
        return None
    return found.plane if found.fits(run.model, str(session.origin.get("weights")), len(run.schedule)) else None


@cache
def reliability_of(populations: Populations, candidates: int) -> Reliability:
    """`reliability`, once for each number of candidates."""
    return reliability(populations, candidates)
