"""What the tests of sweeps share: a detector that guesses, a worker on fakes, and rows made by hand."""

from __future__ import annotations

from typing import Any

from engine_fakes import FakeBackend, FakeExtractor, FakeReward

from ttsvar.config import search_config
from ttsvar.detections import Detection
from ttsvar.engine.loop import Engine
from ttsvar.evaluation.bench.store import Row
from ttsvar.evaluation.bench.worker import Worker
from ttsvar.evaluation.rules.measures import DetectorMeasure
from ttsvar.extractor import EXTRACTORS
from ttsvar.toybox.world.things import COLORS, SHAPES

ARMS = {
    "raw": search_config("raw"),
    "best-of-n n=2": search_config("best-of-n", n=2),
    "tts-var n=2": search_config("tts-var", n=2),
}


class GuessingDetector:
    """Sees one object whose kind and colour follow from the image's brightness."""

    def detect(self, images):
        found = []
        for image in images:
            value = int(image.sum())
            color = list(COLORS)[value % len(COLORS)]
            found.append([Detection(SHAPES[value % len(SHAPES)], (0, 0, 4, 4), 0.95, color)])
        return found


def fake_worker() -> Worker:
    extractors: dict[str, Any] = dict.fromkeys(EXTRACTORS, FakeExtractor())
    engine = Engine(FakeBackend(), extractors, {"image-reward": FakeReward()}, remember_bytes=0)
    return Worker(engine, DetectorMeasure(GuessingDetector()))


def row(recipe="r", prompt="a photo of a cup", draw=0, **changes):
    values = {
        "tag": "colors",
        "held_out": False,
        "seed": 0,
        "correct": True,
        "reasons": (),
        "reward": 0.5,
        "judges": {"clip": 0.25},
        "survivors": 2,
        "diversity": 0.125,
        "seconds": 1.0,
        "cpu_seconds": 0.5,
        "flops": 1e9,
        "parts": {
            "decode": {"seconds": 0.5, "flops": 1e8, "peak_bytes": 10, "items": 1},
            "transformer": {"seconds": 0.5, "flops": 4e8, "peak_bytes": 5, "items": 1},
        },
    }
    return Row(recipe, prompt, draw, **(values | changes))
