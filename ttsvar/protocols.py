"""The seams between the parts of a search: what a model family, an extractor and a reward have to offer.

Dimension letters as in `ttsvar.types`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from torch import Tensor

from ttsvar.config import Sampling
from ttsvar.knowledge import Knowledge
from ttsvar.types import Run, ScaleSchedule, SearchState


class PromptBook(Protocol):
    """Which prompts a model takes; asking it anything runs no model."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word the model knows; empty where it takes any text."""
        ...

    @property
    def choices(self) -> tuple[str, ...]:
        """Every prompt the model takes, for a searchable box; empty where prompts are free text."""
        ...

    @property
    def examples(self) -> tuple[str, ...]:
        """A few prompts to begin with, as a run keeps them."""
        ...

    @property
    def options(self) -> frozenset[str]:
        """Names of those settings that only some models take (`SETTINGS.options()`) and this one does."""
        ...

    def unknown(self, prompt: str) -> tuple[str, ...]:
        """The prompt's words that the model does not know."""
        ...

    def read(self, prompt: str) -> str:
        """The prompt as a run keeps it and the reward reads it; raises PromptError where the model cannot draw it."""
        ...


class Backend(Protocol):
    """A model family behind six verbs; everything else of the search is shared."""

    name: str
    schedule: ScaleSchedule
    chunk: int
    """Candidates are processed in chunks of this one shape, the last one padded, so that nobody's rounding depends on
    who else lives; features and rewards follow it."""
    sampling: Sampling
    """The model's own guidance and draw, for what a search leaves open."""
    prompts: PromptBook
    """Which prompts it takes."""

    def begin(self, run: Run) -> Any:
        """Prepare a prompt and return the empty cache for `run.batch[0]` candidates."""
        ...

    def grow(self, state: SearchState) -> tuple[Tensor, Any]:
        """Draw the bits of scale `state.scale` for every candidate: (uint8 [B, h, w, D] on the CPU, new cache).

        Rebuilds a dropped cache; leaves the state's own cache as it is. What `state.ahead` keeps is in the bits.
        """
        ...

    def select(self, kv: Any, parents: Sequence[int]) -> Any:
        """The cache of the chosen candidates."""
        ...

    def rewind(self, kv: Any, parents: Sequence[int], bits: tuple[Tensor, ...]) -> Any:
        """The cache that the chosen candidates had at an earlier scale, when their bits were these."""
        ...

    def decode(self, bits: tuple[Tensor, ...]) -> Tensor:
        """Images of partial or full bits: uint8 [B, H, W, 3] RGB, on the CPU."""
        ...

    def restore(self, run: Run, bits: tuple[Tensor, ...]) -> Any:
        """Rebuild the cache by replaying the bits."""
        ...

    def grow_flops(self, run: Run, scale: int, candidates: int) -> float:
        """Floating-point operations of growing one scale, padding left out."""
        ...

    def decode_flops(self, candidates: int) -> float:
        """Floating-point operations of decoding this many images, padding left out."""
        ...

    def run_bytes(self, run: Run) -> int:
        """Bytes that a run needs at its peak beside the weights."""
        ...


@runtime_checkable
class TellsKnowledge(Protocol):
    """A family that tells what its model knows of a picture; none has to."""

    def knowledge(self, run: Run, bits: tuple[Tensor, ...]) -> Knowledge:
        """What it knows of one candidate with these bits, uint8 [1, h, w, D] a scale."""
        ...

    def knowledge_flops(self, run: Run, scales: int) -> float:
        """Floating-point operations of that, for so many scales."""
        ...


class FeatureExtractor(Protocol):
    """Images to patch features."""

    name: str

    def extract(self, images: Tensor) -> Tensor:
        """uint8 [B, H, W, 3] to float32 [B, L, C]; class and register tokens left out."""
        ...

    def flops(self, images: int) -> float:
        """Floating-point operations for this many images."""
        ...


class Reward(Protocol):
    """Scores how well images match a prompt."""

    name: str

    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3] and a prompt to float32 [B]; higher is better."""
        ...

    def flops(self, images: int) -> float:
        """Floating-point operations for this many images."""
        ...
