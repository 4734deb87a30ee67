"""Who lives on after each scale: clustering, potentials, resampling, and the strategies made of them."""

from __future__ import annotations

from ttsvar.search.clustering import cluster
from ttsvar.search.potentials import potential, probabilities
from ttsvar.search.resampling import resample
from ttsvar.search.strategies import STRATEGIES, strategy

__all__ = ["STRATEGIES", "cluster", "potential", "probabilities", "resample", "strategy"]
