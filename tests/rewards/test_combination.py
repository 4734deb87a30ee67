"""The combination of judges depends on who is compared; what is remembered does not."""

from __future__ import annotations

import pytest
import torch
from engine_fakes import FakeBackend, FakeExtractor, FakeReward, backend_of
from torch import Tensor

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.extractor import EXTRACTORS
from ttsvar.rewards.combination import Combination
from ttsvar.types import SearchState


class Redness(FakeReward):
    def score(self, images: Tensor, prompt: str) -> Tensor:
        self.seen += len(images)
        return images[..., 0].float().mean((1, 2)) / 10


def engine_with_combination() -> tuple[Engine, FakeReward, Redness]:
    light, red = FakeReward(), Redness("red")
    rewards = {"image-reward": light, "red": red, "both": Combination((light, red), name="both")}
    return Engine(FakeBackend(), dict.fromkeys(EXTRACTORS, FakeExtractor()), rewards), light, red


def test_each_part_goes_through_a_softmax_and_they_are_averaged():
    scores = torch.tensor([[0.0, 1.0, 2.0], [0.28, 0.27, 0.26]])
    expected = (torch.softmax(scores[0], 0) + torch.softmax(scores[1], 0)) / 2
    got = Combination((), name="both").combine(scores)
    assert torch.allclose(got, expected)
    assert float(got.sum()) == pytest.approx(1)


def grown(engine: Engine, scales: int = 7) -> SearchState:
    state = engine.begin("a red star", search=SearchConfig(strategy="best-of-n", n=5))
    for _ in range(scales):
        state = engine.commit(engine.step(state))
    return state


def test_the_engine_combines_all_candidates_whatever_it_remembers():
    engine, light, red = engine_with_combination()
    state = grown(engine)
    one, _ = engine.judge(state, "image-reward")
    two, _ = engine.judge(state, "red")
    seen = (light.seen, red.seen)
    both, cost = engine.judge(state, "both")
    assert torch.allclose(both, (one.softmax(0) + two.softmax(0)) / 2)
    assert (light.seen, red.seen) == seen, "the parts are remembered, so nothing is scored again"
    assert "reward" not in cost.parts
    assert len(state) % backend_of(engine).chunk, "the last chunk is padded, and the padding is no candidate"
    images = engine.observe(state)[0].images
    assert images is not None
    assert torch.allclose(engine.image_scores("both", images, state.run.prompt), both)


def test_fewer_candidates_are_combined_among_themselves():
    from ttsvar.engine.states import only

    engine, _, _ = engine_with_combination()
    state = grown(engine)
    assert float(engine.judge(only(state, 2), "both")[0]) == pytest.approx(1)


def test_a_search_may_resample_by_it():
    engine, _, _ = engine_with_combination()
    results = list(engine.run("a red star", search=SearchConfig(reward="both")))
    scored = [r for r in results if r.decision == "resample"]
    assert len(scored) == 2
    for result in scored:
        assert result.candidates.scores is not None
        assert float(result.candidates.scores.sum()) == pytest.approx(1)
        assert torch.equal(result.grown.score_history[:, -1], result.candidates.scores)
