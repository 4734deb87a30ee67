"""Whether a finished image satisfies the prompt it was made for: measured, never used to select."""

from __future__ import annotations

from threading import Lock

from torch import Tensor

from ttsvar.engine.protocol import SearchEngine
from ttsvar.evaluation.rules.geneval import Verdict, judge
from ttsvar.families.load import TOYBOX_FOLDER
from ttsvar.toybox.detector import ToyDetector, load_detector
from ttsvar.toybox.presets import WORDS
from ttsvar.toybox.world.reading import read_request

DETECTOR = TOYBOX_FOLDER / "detector.safetensors"


class ToyboxEvaluator:
    """GenEval's rule over the toybox detector, which is loaded when it is first asked."""

    def __init__(self) -> None:
        self._detector: ToyDetector | None = None
        self._lock = Lock()

    def verdict(self, prompt: str, image: Tensor) -> Verdict | None:
        """Judge one image uint8 [H, W, 3]; None where the prompt is in none of GenEval's forms."""
        request = read_request(prompt)
        if request is None:
            return None
        with self._lock:
            self._detector = self._detector or load_detector(DETECTOR)
            return judge(request.metadata, self._detector.detect(image[None].cpu())[0])


def evaluator_for(engine: SearchEngine) -> ToyboxEvaluator | None:
    """The evaluator for a model's images; None for models that know other words than the toybox's world has."""
    words = set(engine.prompts.vocabulary)
    return ToyboxEvaluator() if words and words <= set(WORDS) else None
