"""A number that is none stops the search where it arises and is named, instead of passing for an answer."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import tiny_infinity
import tiny_var
import torch
from chunked_checks import engine_on, raw
from engine_fakes import FakeBackend, FakeExtractor, FakeReward, finish
from torch import Tensor

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import NumberError
from ttsvar.extractor import EXTRACTORS
from ttsvar.finite import require_finite
from ttsvar.rewards.combination import Combination
from ttsvar.sampling import draw_bits, draw_tokens
from ttsvar.search.clustering import cluster
from ttsvar.weights.room import pick_dtype

PROMPT = "a photo of two red stars"


class Broken(FakeReward):
    """Gives `wrong` for the first `bad` images it sees, or one number too few."""

    wrong: float = math.nan
    bad: int = 10**9
    short: bool = False

    def score(self, images: Tensor, prompt: str) -> Tensor:
        scores = super().score(images, prompt)
        numbers = torch.arange(self.seen - len(images), self.seen)
        scores = torch.where(numbers < self.bad, self.wrong, scores)
        return scores[1:] if self.short else scores


class BlindExtractor(FakeExtractor):
    def extract(self, images: Tensor) -> Tensor:
        return super().extract(images) / 0.0


def _engine(reward: Any = None, extractor: Any = None) -> Engine:
    extractors: dict[str, Any] = dict.fromkeys(EXTRACTORS, extractor or FakeExtractor())
    return Engine(FakeBackend(), extractors, {"image-reward": reward or FakeReward()})


def test_the_message_says_how_many_where_and_why():
    values = torch.tensor([1.0, math.nan, -math.inf])
    with pytest.raises(NumberError, match=r"Logits at scale 3: 2 of 3 values are no numbers .*damaged"):
        require_finite(values, "Logits", 3)
    with pytest.raises(NumberError, match=r"float16 ends at 65504.*--dtype bf16") as raised:
        require_finite(values, "Logits", 3, dtype=torch.float16)
    advised = re.findall(r"bf\d+|fp\d+|float\d+", str(raised.value).split("--dtype")[1])
    assert {pick_dtype(name, torch.device("cpu")) for name in advised} == {torch.bfloat16, torch.float32}
    assert require_finite(values[:1], "Logits") is not None


@pytest.mark.parametrize("family", [tiny_infinity, tiny_var])
def test_logits_and_pictures_of_both_families_are_numbers_or_the_step_fails(family: Any):
    prompt = "golden retriever" if family is tiny_var else PROMPT
    backend = family.tiny_backend()
    engine = engine_on(backend)
    done = finish(engine, engine.begin(prompt, search=raw(1)))
    engine.best(done)
    with torch.no_grad():
        backend.tokenizer.decoder.conv_in.weight[0, 0, 0, 0] = math.nan
    with pytest.raises(NumberError, match=rf"Pictures of the decoder at scale {done.scale - 1}: "):
        engine_on(backend).best(done)
    with torch.no_grad():
        backend.transformer.head.weight[0, 0] = math.inf
    with pytest.raises(NumberError, match="Logits of the transformer at scale 0: "):
        engine.step(engine.begin(prompt, search=raw(1)))


def test_text_features_that_overflowed_are_named():
    backend = tiny_infinity.tiny_backend()
    encode = backend.text_encoder.encode
    backend.text_encoder.encode = lambda prompts: (encode(prompts)[0].half() * 1e9, encode(prompts)[1])  # type: ignore[method-assign]
    with pytest.raises(NumberError, match=r"Text features of the prompt: .*float16"):
        engine_on(backend).begin(PROMPT, search=raw(1))


def test_chances_that_are_none_draw_nothing():
    uniform = torch.zeros(2)
    with pytest.raises(NumberError, match="Chances of the bits: 1 of 2"):
        draw_bits(torch.tensor([0.5, math.nan]), uniform)
    with pytest.raises(NumberError, match="Chances of the tokens"):
        draw_tokens(torch.full((2, 100), math.nan), uniform)


def test_features_and_vectors_name_the_scale():
    engine = _engine(extractor=BlindExtractor())
    with pytest.raises(NumberError, match="Features of the extractor pca at scale 2"):
        finish(engine, engine.begin(PROMPT))
    with pytest.raises(NumberError, match="Vectors to cluster"):
        cluster(torch.tensor([[math.nan], [1.0]]), 1)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_judge_without_any_number_stops_the_search_and_names_the_scale(wrong: float):
    judge = Broken()
    judge.wrong = wrong
    engine = _engine(judge)
    with pytest.raises(NumberError, match="Scores of the reward image-reward at scale 6"):
        finish(engine, engine.begin(PROMPT))


def test_scores_of_a_wrong_length_are_refused():
    judge = Broken()
    judge.short = True
    engine = _engine(judge)
    with pytest.raises(NumberError, match=r"reward image-reward gave scores of shape \(1,\) for 2 images"):
        finish(engine, engine.begin(PROMPT))


def test_one_candidate_without_a_score_comes_last_and_the_reason_says_so():
    judge = Broken()
    judge.bad, judge.wrong = 1, math.inf
    engine = _engine(judge)
    state = engine.begin(PROMPT, search=SearchConfig("best-of-n", n=4))
    result = None
    while not state.done:
        result = engine.step(state)
        state = engine.commit(result)
    assert result is not None
    assert result.candidates.scores is not None
    assert result.candidates.scores.isnan().tolist() == [True, False, False, False]
    first = state.candidate_ids[0]
    assert f"{first} has no score, since the judge gave no number: it counts as the worst." in result.proposal.reason
    assert engine.best_index(state) != 0
    scores = engine.observe(state, features=False)[0].scores
    assert not scores.isnan().any(), "what was no number is not remembered, so it was asked for again"


def test_a_combination_leaves_out_who_lacks_a_part():
    both = Combination((FakeReward(), FakeReward("other")), name="both")
    combined = both.combine(torch.tensor([[0.0, math.nan, 2.0], [0.3, 0.1, 0.2]]))
    assert combined.isnan().tolist() == [False, True, False]
    assert float(combined.nansum()) == pytest.approx(1)
