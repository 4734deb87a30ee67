"""Whether a finished image satisfies the prompt it was made for: measured, never used to select."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from threading import Lock

from torch import Tensor

from ttsvar.engine.protocol import SearchEngine
from ttsvar.evaluation.rules.geneval import Verdict, judge
from ttsvar.toybox.detector import ToyDetector, load_detector
from ttsvar.toybox.worlds import World, detector_of, world_of


class WorldEvaluator:
    """GenEval's rule over the detector of a world, which is loaded when it is first asked."""

    def __init__(self, world: World, path: Path) -> None:
        self.world, self.path = world, path
        self._lock = Lock()

    def verdict(self, prompt: str, image: Tensor) -> Verdict | None:
        """Judge one image uint8 [H, W, 3]; None where the prompt is in none of GenEval's forms."""
        request = self.world.read(prompt)
        if request is None:
            return None
        with self._lock:
            return judge(request.metadata, self.detector.detect(image[None].cpu())[0])

    @cached_property
    def detector(self) -> ToyDetector:
        """What looks at the pictures."""
        return load_detector(self.path)


def evaluator_for(engine: SearchEngine) -> WorldEvaluator | None:
    """The evaluator for a model's images; None for models of no world of ours, and where there is no detector yet."""
    world = world_of(engine.prompts.vocabulary)
    path = None if world is None else detector_of(world, engine.name)
    return None if world is None or path is None or not path.is_file() else WorldEvaluator(world, path)
