"""VAR keeps the promises that Infinity keeps: a candidate's tokens are its own, and caches come back from bits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from chunked_checks import check_ways_back, engine_on, own_numbers, raw
from engine_fakes import finish
from golden_cases import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_var import NAMES, published_state, saved, tiny_backend
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from ttsvar.config import SearchConfig
from ttsvar.engine.history import History
from ttsvar.engine.loop import Engine
from ttsvar.errors import CheckpointError, ConfigError, PromptError, StateError
from ttsvar.families.var.backend import VARBackend, load_var_backend
from ttsvar.families.var.conformance import forced_logits
from ttsvar.families.var.imagenet import ClassNames
from ttsvar.families.var.transformer import VARConfig, guide, ramp
from ttsvar.families.var.vq import bits_to_tokens
from ttsvar.sampling import draw_tokens, token_probabilities, uniforms
from ttsvar.storage.runs import load_history, save_history
from ttsvar.types import Selection

PROMPT = "golden retriever"
GOLDEN_VAE = CASES / "var_class" / "vae.pth"


@pytest.fixture(scope="module")
def backend() -> VARBackend:
    return tiny_backend()


@pytest.fixture(scope="module")
def engine(backend: VARBackend) -> Engine:
    return engine_on(backend)  # type: ignore[arg-type]


@settings(max_examples=8, deadline=None)
@given(
    n=st.integers(1, 5), place=st.integers(0, 4), fate=st.sets(st.integers(0, 4), min_size=1), scales=st.integers(2, 6)
)
def test_a_candidates_numbers_are_its_own_whoever_else_lives(
    engine: Engine, backend: VARBackend, n: int, place: int, fate: set[int], scales: int
):
    name = f"c{place % n}"
    few, crowd = engine.begin(PROMPT, search=raw(n), seed=4), engine.begin(PROMPT, search=raw(5), seed=4)
    survivors = tuple(sorted(fate | {place % n}))
    for scale in range(scales):
        few = engine.commit(engine.step(few))
        result = engine.step(crowd)
        crowd = engine.commit(result, Selection(survivors) if scale == 1 else None)
    a, b = few.candidate_ids.index(name), crowd.candidate_ids.index(name)
    assert all(torch.equal(x[a], y[b]) for x, y in zip(few.bits, crowd.bits, strict=True))
    one, two = own_numbers(backend, few, a), own_numbers(backend, crowd, b)  # type: ignore[arg-type]
    assert all(torch.equal(x, y) for x, y in zip(one, two, strict=True))


def test_a_whole_search_rewinds_branches_and_reopens_bit_by_bit(engine: Engine, tmp_path: Path):
    states = [engine.begin(PROMPT)]
    history = History(states[0])
    while not states[-1].done:
        result = engine.step(states[-1])
        history.add_result(result)
        states.append(engine.commit(result))
        history.add_state(states[-1], result.proposal)
    assert [len(s) for s in states] == [8, 8, 8, 6, 6, 4, 2, 2, 1, 1, 1]
    assert {bits.shape[-1] for bits in states[-1].bits} == {6}
    finish(engine, states[3], {3: (0, 0, 2)})
    for start in (2, 5, 8):
        for state in (states[start], replace(states[start], kv=None)):
            again = finish(engine, state)
            assert all(torch.equal(x, y) for x, y in zip(again.bits, states[-1].bits, strict=True))
    save_history(history, tmp_path)
    reopened = load_history(tmp_path).current.state
    assert reopened.id == states[-1].id
    assert all(torch.equal(x, y) for x, y in zip(reopened.bits, states[-1].bits, strict=True))
    everyone = finish(engine, engine.begin(PROMPT, search=raw(8)))
    survivor = states[-1].candidate_ids[0]
    if survivor in everyone.candidate_ids:
        row = everyone.candidate_ids.index(survivor)
        assert all(torch.equal(x[0], y[row]) for x, y in zip(states[-1].bits, everyone.bits, strict=True))


def test_a_rebuilt_cache_holds_the_same_numbers(engine: Engine, backend: VARBackend):
    state = engine.begin(PROMPT, search=raw(3))
    for scale in range(6):
        result = engine.step(state)
        state = engine.commit(result, Selection((0, 2, 2)) if scale == 3 else None)
    rebuilt = replace(state, kv=backend.restore(state.run, state.bits))
    for candidate in range(3):
        one, two = own_numbers(backend, state, candidate), own_numbers(backend, rebuilt, candidate)  # type: ignore[arg-type]
        assert all(torch.equal(x, y) for x, y in zip(one, two, strict=True))


def test_tokens_follow_the_plain_forward_pass():
    """Against an independent loop over the conformance path, with guidance, tau, top-k and top-p."""
    backend = tiny_backend(chunk=1)
    engine = engine_on(backend)  # type: ignore[arg-type]
    search = raw(1, cfg=3.0, tau=0.8, top_k=20, top_p=0.9)
    state = finish(engine, engine.begin(PROMPT, search=search, seed=9))
    tokens = {f"tokens.{k}": bits_to_tokens(bits).flatten(1) for k, bits in enumerate(state.bits)}
    with torch.inference_mode():
        cond = backend.transformer.condition(torch.tensor([1]), guided=True)
        logits, _ = forced_logits(backend.transformer, backend.tokenizer.quantizer, cond, tokens)
    for k, both in enumerate(logits):
        chances = token_probabilities(guide(both, ramp(3.0, k, 10), guided=True) / 0.8, top_k=20, top_p=0.9)
        drawn = draw_tokens(chances, uniforms(9, "c0", k, "tokens", (chances.shape[1],))[None])
        assert torch.equal(drawn, tokens[f"tokens.{k}"])
        assert int((chances > 0).sum(-1).max()) <= 20


def test_the_model_listens_to_class_seed_and_guidance(engine: Engine):
    base = finish(engine, engine.begin(PROMPT, search=raw(1)))
    for other in (
        engine.begin("tench", search=raw(1)),
        engine.begin(PROMPT, search=raw(1), seed=1),
        engine.begin(PROMPT, search=raw(1, cfg=0.0)),
    ):
        assert not torch.equal(finish(engine, other).bits[-1], base.bits[-1])


def test_without_guidance_there_is_no_unconditional_half(engine: Engine):
    assert engine.begin(PROMPT, search=raw(3, cfg=0.0)).kv.view.rows == 4
    assert engine.begin(PROMPT, search=raw(3)).kv.view.rows == 8
    late = (0.0,) * 9 + (2.0,)
    assert engine.begin(PROMPT, search=raw(3, cfg=late)).kv.view.rows == 8
    assert engine.begin(PROMPT, search=raw(3, cfg=(5.0,) + (0.0,) * 9)).kv.view.rows == 4


def test_decoding_is_the_tokenizers_own(engine: Engine, backend: VARBackend):
    state = engine.begin(PROMPT, search=raw(3))
    for _ in range(6):
        state = engine.commit(engine.step(state))
    images = backend.decode(state.bits)
    assert images.shape == (3, 16, 16, 3)
    sizes = backend.schedule.sizes
    with torch.inference_mode():
        summed = None
        for k, bits in enumerate(state.bits):
            summed = backend.tokenizer.quantizer.accumulate(summed, bits_to_tokens(bits[1:2]), k, sizes)
        assert summed is not None
        one = ((backend.tokenizer.decode(summed)[0] + 1) / 2 * 255).permute(1, 2, 0)
    assert float((one - images[1].float()).abs().max()) <= 1.5
    with pytest.raises(StateError, match="no bits"):
        backend.decode(())


def test_flops_agree_with_a_counter(engine: Engine, backend: VARBackend):
    for search in (raw(2), raw(2, cfg=0.0)):
        state = engine.begin(PROMPT, search=search)
        for scale in range(3):
            with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter, torch.inference_mode():
                bits, kv = backend.grow(state)
            phis = 2 * 8 * 8 * 9 * 8 * 8 * len(state)
            assert backend.grow_flops(state.run, scale, 2) + phis == counter.get_total_flops()
            del bits, kv
            state = engine.commit(engine.step(state))
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter, torch.inference_mode():
        backend.decode(state.bits)
    phis = 3 * 2 * 8 * 8 * 9 * 8 * 8 * len(state)
    assert backend.decode_flops(2) + phis == counter.get_total_flops()


def test_prompts_are_classes(engine: Engine, backend: VARBackend):
    assert engine.prompts.choices == engine.prompts.vocabulary == ("tench, Tinca tinca", "golden retriever", "crane")
    for prompt in ("1", "GOLDEN retriever", "retriever"):
        state = engine.begin(prompt, search=raw(1))
        assert state.run.prompt == PROMPT
        assert state.id == engine.begin(PROMPT, search=raw(1)).id
    with pytest.raises(PromptError, match="'a blue cup' is no class"):
        engine.begin("a blue cup")
    assert backend.prompts.unknown("a blue cup") == ("a blue cup",)
    assert backend.prompts.unknown("tench") == ()
    image = engine.best(finish(engine, engine.begin("crane", search=raw(1))))
    recipe = json.loads(image.info["ttsvar"])
    assert (recipe["prompt"], recipe["search"]["top_k"], recipe["search"]["cfg"]) == ("crane", 900, 4.0)


def test_parts_that_do_not_belong_together_are_refused(backend: VARBackend):
    with pytest.raises(ConfigError, match="3 classes; 2 names"):
        VARBackend(backend.transformer, backend.tokenizer, ClassNames([["a"], ["b"]]), "x")
    other = tiny_backend().tokenizer
    other.config = replace(other.config, vocab=60)
    with pytest.raises(ConfigError, match="50 tokens of 8 channels, the tokenizer 60"):
        VARBackend(backend.transformer, other, NAMES, "x")
    with pytest.raises(ConfigError, match="chunk is 0"):
        VARBackend(backend.transformer, backend.tokenizer, NAMES, "x", chunk=0)


def test_settings_that_only_text_has_are_refused(engine: Engine):
    for change in ({"negative": "blurry"}, {"positive": True}, {"cfg_layers": (-2,)}):
        with pytest.raises(ConfigError, match="tiny-var takes no"):
            engine.begin(PROMPT, search=SearchConfig(**change))  # type: ignore[arg-type]


def test_the_memory_of_a_run_grows_with_its_candidates(engine: Engine, backend: VARBackend):
    one, four = (backend.run_bytes(engine.begin(PROMPT, search=raw(n)).run) for n in (2, 4))
    caches = 2 * backend.transformer.empty_cache(2).cache.buffer.nbytes
    assert four - one == caches
    assert one > caches


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_local_files_become_a_backend(dtype: torch.dtype, tmp_path: Path):
    config = VARConfig(depth=2, embed_dim=64, num_heads=1, vocab=64, shared_adaptive=True)
    path = saved(published_state(config), tmp_path / "var.pth")
    backend = load_var_backend(path, GOLDEN_VAE, "mine", dtype=dtype)
    engine = engine_on(backend)  # type: ignore[arg-type]
    state = finish(engine, engine.begin("volcano", search=raw(1)))
    assert backend.decode(state.bits).shape == (1, 256, 256, 3)
    again = finish(engine, replace(engine.begin("980", search=raw(1)), kv=None))
    assert all(torch.equal(x, y) for x, y in zip(again.bits, state.bits, strict=True))


def test_a_published_name_wants_the_published_file(tmp_path: Path):
    path = saved(published_state(VARConfig(depth=2, embed_dim=64, num_heads=1, vocab=64)), tmp_path / "var.pth")
    with pytest.raises(CheckpointError, match=r"missing: blocks\.10\.adaptive\.bias.*wrong shape: blocks\.0"):
        load_var_backend(path, GOLDEN_VAE, "var-d16")


@pytest.mark.parametrize("chunk", [2, 3])
def test_a_part_is_drawn_anew_and_the_rest_stays(chunk: int):
    check_ways_back(tiny_backend(chunk=chunk), PROMPT)
