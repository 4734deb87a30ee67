"""Populations made up for an engine: rewards that know nothing until scale 9, and everything from there on."""

from __future__ import annotations

import numpy as np

from ttsvar.engine.protocol import SearchEngine
from ttsvar.evaluation.populations.record import Populations


def populations_for(engine: SearchEngine, weights: str | None = None) -> Populations:
    """Twenty prompts with 16 candidates each; `weights` are the engine's own where none are named."""
    rng, scales = np.random.default_rng(0), len(engine.schedule)
    final = rng.normal(size=(20, 16))
    noise = rng.normal(size=(20, 16, scales))
    scores = np.where(np.arange(scales) < 9, noise, final[..., None])
    return Populations(
        model=engine.name,
        weights=engine.weights if weights is None else weights,
        judged_by="",
        tags=("colors",) * 20,
        prompts=("a photo of a cup",) * 20,
        scores=scores.astype(np.float32),
        right=final > 0.5,
        layouts=rng.normal(size=(20, scales, 16, 4)).astype(np.float32),
    )
