"""What a decision would go by, for a person who looks at any scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from ttsvar.extractor import clustering_input
from ttsvar.search.clustering import cluster
from ttsvar.search.potentials import probabilities
from ttsvar.search.weights import log_weights
from ttsvar.types import Candidates, SearchState

Seen = TypeVar("Seen", bound=Candidates)


def with_evidence(grown: SearchState, seen: Seen, clusters: int | None) -> Seen:
    """Labels and the vectors that k-means saw where features are known, resampling probabilities where scores are."""
    if seen.features is not None and clusters is not None:
        vectors = clustering_input(grown.run.search.extractor, seen.features)
        seen = replace(seen, clustering_input=vectors, labels=cluster(vectors, min(clusters, len(grown)))[0])
    if seen.scores is not None:
        seen = replace(seen, probabilities=probabilities(log_weights(grown, seen.scores), 1.0))
    return seen
