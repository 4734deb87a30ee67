"""Parts that visit a device are back on the CPU afterwards, whatever happens, and give what they always gave."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from ttsvar.weights.offload import VisitingExtractor, VisitingReward, visiting

META = torch.device("meta")


class Traced(nn.Linear):
    """A layer that records where it is sent."""

    def __init__(self) -> None:
        super().__init__(3, 1)
        self.trips: list[str] = []

    def to(self, *places):  # type: ignore[override]
        self.trips.append(str(places[0]))
        return self


class Part:
    """Extractor and reward in one: the mean of what it sees."""

    name = "part"

    def __init__(self) -> None:
        self.model = Traced()

    def extract(self, images: Tensor) -> Tensor:
        assert self.model.trips[-1:] in ([], ["meta"])
        return images.float().mean(-1)

    def score(self, images: Tensor, prompt: str) -> Tensor:
        return self.extract(images).flatten(1).mean(1) + len(prompt)

    def flops(self, images: int) -> float:
        return 7.0 * images


def test_a_visit_ends_on_the_cpu_even_where_it_fails():
    module = Traced()
    with pytest.raises(ValueError, match="broken"), visiting(module, META):
        raise ValueError("broken")
    assert module.trips == ["meta", "cpu"]
    with visiting(module, torch.device("cpu")):
        pass
    assert module.trips == ["meta", "cpu"]


def test_a_visiting_part_answers_as_the_part_does():
    images = torch.randint(0, 255, (2, 4, 4, 3), dtype=torch.uint8)
    part = Part()
    extractor, reward = VisitingExtractor(part, META), VisitingReward(part, META)
    assert torch.equal(extractor.extract(images), images.float().mean(-1))
    assert torch.equal(reward.score(images, "cup"), Part().score(images, "cup"))
    assert part.model.trips == ["meta", "cpu"] * 2
    assert (extractor.name, reward.name, extractor.flops(2), reward.flops(3)) == ("part", "part", 14.0, 21.0)
