"""What a detector says about an image, and the protocol that every detector follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from ttsvar.errors import ConfigError


@dataclass(frozen=True)
class Detection:
    """One object: class, box (left, top, right, bottom in pixels), score from 0 to 1, and colour where known."""

    cls: str
    box: tuple[float, float, float, float]
    score: float
    color: str | None = None

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Detection:
        """The detection of a JSON object; raises ConfigError that says what it needs."""
        try:
            left, top, right, bottom = (float(v) for v in row["box"])
            return cls(str(row["cls"]), (left, top, right, bottom), float(row["score"]), row.get("color"))
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                f"{row!r} is not a detection ({error!r}); it needs cls, a box of four numbers, score, and maybe color."
            ) from error

    def to_json(self) -> dict[str, Any]:
        """The JSON object that `from_json` reads, rounded to what matters."""
        box = [round(v, 2) for v in self.box]
        return {"cls": self.cls, "box": box, "score": round(self.score, 4), "color": self.color}


class Detector(Protocol):
    """Finds objects in images."""

    def detect(self, images: Tensor) -> list[list[Detection]]:
        """uint8 [B, H, W, 3] RGB to the detections of each image."""
        ...
