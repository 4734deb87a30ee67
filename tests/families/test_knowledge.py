"""What a model knows of its own picture: the chances that it drew by, for the prompt and for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import tiny_var
import torch
from chunked_checks import engine_on, raw
from engine_fakes import FakeBackend
from tiny_infinity import tiny_backend
from torch.nn.functional import logsigmoid

from ttsvar.errors import ConfigError, SelectionError, StateError
from ttsvar.knowledge import Knowledge, told_by
from ttsvar.types import Component, SearchState

BACKENDS = {"infinity": tiny_backend(), "patchified": tiny_backend(patchify=True), "var": tiny_var.tiny_backend()}
PROMPTS = {"infinity": "two red stars", "patchified": "two red stars", "var": "tench"}


def grown(kind: str, scales: int = 5, **changes: Any) -> tuple[Any, SearchState]:
    engine = engine_on(BACKENDS[kind])
    state = engine.begin(PROMPTS[kind], search=raw(3, **changes), seed=4)
    while state.scale < scales:
        state = engine.commit(engine.step(state))
    return engine, state


@pytest.mark.parametrize("kind", BACKENDS)
def test_it_is_what_the_chances_say_of_the_bits(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, state = grown(kind, tau=1.0, top_p=1.0)
    backend = BACKENDS[kind]
    seen: list[torch.Tensor] = []
    chunk_logits = backend._chunk_logits
    monkeypatch.setattr(backend, "_chunk_logits", lambda *a: seen.append(chunk_logits(*a)) or seen[-1])
    known, cost = engine.knowledge(state, 2)
    assert [part.shape for part in known.lift] == [torch.Size(size) for size in state.run.schedule.sizes[:5]]
    assert cost.flops == pytest.approx(sum(engine.cost(state.run).grow[:5]))
    assert cost.parts[Component.TRANSFORMER].items == 1
    for scale, logits in enumerate(seen):
        half, other = logits[0], logits[len(logits) // 2]
        if kind == "var":
            drawn = backend.tokenizer.quantizer.tokens(state.bits[scale][2]).flatten()
            by_hand = sum(float(half[i].log_softmax(-1)[t] - other[i].log_softmax(-1)[t]) for i, t in enumerate(drawn))
            open_one = torch.distributions.Categorical(logits=half).entropy()
        else:
            signs = 2 * state.bits[scale][2].float() - 1
            mine, its = (h[..., 1] - h[..., 0] for h in (half, other))
            drawn = [backend._on_grid(gap[None], scale)[0] * signs for gap in (mine, its)]
            by_hand = float((logsigmoid(drawn[0]) - logsigmoid(drawn[1])).sum())
            open_one = torch.distributions.Bernoulli(logits=mine).entropy().sum(-1)
        assert float(known.lift[scale].sum()) == pytest.approx(by_hand, abs=1e-3)
        assert torch.allclose(known.entropy[scale].flatten(), open_one, atol=1e-4)


def test_who_else_lives_and_how_strongly_is_guided_changes_nothing() -> None:
    engine, state = grown("infinity")
    alone = replace(state, candidate_ids=state.candidate_ids[:1], bits=tuple(b[:1] for b in state.bits))
    unguided = replace(state, run=replace(state.run, search=replace(state.run.search, cfg=1.0)))
    first, second, third = (engine.knowledge(s, 0)[0] for s in (state, alone, unguided))
    for other in (second, third):
        assert all(torch.equal(a, b) for a, b in zip(first.lift, other.lift, strict=True))
    other_prompt = replace(state, run=replace(state.run, prompt="a blue house"))
    assert engine.knowledge(other_prompt, 0)[0].total != first.total


def test_the_heat_shares_every_scale_out_over_the_finest_grid() -> None:
    known = Knowledge((torch.tensor([[4.0]]), torch.tensor([[1.0, -2.0], [0.0, 3.0]])), ())
    assert torch.equal(known.heat(), torch.tensor([[2.0, -1.0], [1.0, 4.0]]))
    assert known.total == 6.0 == float(known.heat().sum())


def test_a_sure_token_has_no_entropy_and_an_equal_one_no_lift() -> None:
    logits = torch.tensor([[[0.0, 0.0], [0.0, 90.0]]])
    lift, entropy = told_by(logits, logits, torch.tensor([[0, 1]]))
    assert lift.tolist() == [0.0]
    assert entropy.tolist() == pytest.approx([0.6931], abs=1e-4)


class Silent(FakeBackend):
    """A family that does not tell."""

    knowledge = None  # type: ignore[assignment]


def test_what_cannot_be_told_is_refused() -> None:
    engine, state = grown("infinity", scales=1)
    with pytest.raises(SelectionError, match="0 to 2"):
        engine.knowledge(state, 3)
    with pytest.raises(StateError, match="Nothing is generated"):
        engine.knowledge(engine.begin("two red stars", search=raw(1)), 0)
    fakes = engine_on(Silent())
    state = fakes.commit(fakes.step(fakes.begin("a cup")))
    with pytest.raises(ConfigError, match="does not tell"):
        fakes.knowledge(state, 0)
