"""One candidate's numbers are exactly its own, whoever else lives; caches are rebuilt from bits to the last bit."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from chunked_checks import check_ways_back, engine_on, own_numbers, raw
from engine_fakes import finish
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_infinity import HashTextEncoder, tiny_backend
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from ttsvar.config import SearchConfig
from ttsvar.errors import ConfigError, StateError
from ttsvar.families.infinity.backend import InfinityBackend
from ttsvar.families.infinity.conformance import forced_logits
from ttsvar.families.infinity.prompting import with_faces
from ttsvar.sampling import bit_probabilities, combine_guidance, draw_bits, uniforms
from ttsvar.types import ScaleSchedule, Selection

PROMPT = "two red stars"


@pytest.fixture(scope="module")
def backend() -> InfinityBackend:
    return tiny_backend()


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(
    n=st.integers(1, 7), place=st.integers(0, 6), fate=st.sets(st.integers(0, 6), min_size=1), scales=st.integers(2, 7)
)
def test_keys_values_and_bits_are_exactly_the_same_whoever_else_lives(
    backend: InfinityBackend, n: int, place: int, fate: set[int], scales: int
):
    engine = engine_on(backend)
    name = f"c{place % n}"
    others = engine.begin(PROMPT, search=raw(n), seed=4)
    crowd = engine.begin(PROMPT, search=raw(7), seed=4)
    survivors = tuple(sorted(fate | {place % n}))
    for scale in range(scales):
        others = engine.commit(engine.step(others))
        result = engine.step(crowd)
        crowd = engine.commit(result, Selection(survivors) if scale == 1 else None)
    a, b = others.candidate_ids.index(name), crowd.candidate_ids.index(name)
    for one, two in zip(own_numbers(backend, others, a), own_numbers(backend, crowd, b), strict=True):
        assert torch.equal(one, two)
    assert all(torch.equal(x[a], y[b]) for x, y in zip(others.bits, crowd.bits, strict=True))


def test_a_whole_search_leaves_its_survivors_as_if_they_had_run_alone(backend: InfinityBackend):
    engine = engine_on(backend)
    everyone = finish(engine, engine.begin(PROMPT, search=raw(8)))
    for search in (SearchConfig(cluster_scales=(2, 5), resample_scales=(6, 9)), SearchConfig(strategy="cluster-only")):
        state = finish(engine, engine.begin(PROMPT, search=search))
        shared = set(state.candidate_ids) & set(everyone.candidate_ids)
        assert shared
        for name in shared:
            a, b = state.candidate_ids.index(name), everyone.candidate_ids.index(name)
            assert all(torch.equal(x[a], y[b]) for x, y in zip(state.bits, everyone.bits, strict=True))
    images = engine.observe(everyone, features=False)[0].images
    assert images is not None
    assert torch.equal(images[:1], backend.decode(tuple(b[:1] for b in everyone.bits)))


def test_rewinding_and_branching_are_bit_identical(backend: InfinityBackend):
    engine = engine_on(backend)
    states = [engine.begin(PROMPT, search=raw(3))]
    while not states[-1].done:
        states.append(engine.commit(engine.step(states[-1])))
    finish(engine, states[4], {4: (0, 0, 2)})
    for start in (2, 4, 9):
        again = finish(engine, states[start])
        assert all(torch.equal(x, y) for x, y in zip(again.bits, states[-1].bits, strict=True))


def test_a_rebuilt_cache_holds_the_same_numbers(backend: InfinityBackend):
    engine = engine_on(backend)
    state = engine.begin(PROMPT, search=raw(5))
    for scale in range(8):
        result = engine.step(state)
        state = engine.commit(result, Selection((0, 2, 2)) if scale == 3 else None)
    kept, rebuilt = state.kv, backend.restore(state.run, state.bits)
    assert rebuilt.summed is not None
    assert torch.equal(kept.summed, rebuilt.summed)
    for candidate in range(3):
        for one, two in zip(
            own_numbers(backend, state, candidate),
            own_numbers(backend, replace(state, kv=rebuilt), candidate),
            strict=True,
        ):
            assert torch.equal(one, two)
    a, b = finish(engine, state), finish(engine, replace(state, kv=None))
    assert all(torch.equal(x, y) for x, y in zip(a.bits, b.bits, strict=True))


@pytest.mark.parametrize("patchify", [False, True])
def test_bits_follow_the_plain_forward_pass(patchify: bool):
    """Against an independent loop over the conformance path, with guidance, tau and top-p."""
    backend = tiny_backend(chunk=1, patchify=patchify)
    engine = engine_on(backend)
    search = raw(1, cfg=tuple(1.0 + k / 4 for k in range(13)), tau=tuple(0.5 + k / 20 for k in range(13)))
    state = finish(engine, engine.begin(PROMPT, search=search, seed=9))
    with torch.inference_mode():
        features, lens = backend.text_encoder.encode([PROMPT])
        cond = backend.transformer.condition(features, lens, guided=True)
        forced = {f"bits.{k}": bits.unsqueeze(1) for k, bits in enumerate(state.bits)}
        logits = forced_logits(backend.transformer, cond, forced)
    config = backend.transformer.config
    for k, both in enumerate(logits):
        guided = combine_guidance(both[:1], both[1:], state.run.search.cfg_at(k), state.run.search.tau_at(k))
        chances = bit_probabilities(guided, top_k=2, top_p=0.97)
        drawn = draw_bits(chances, uniforms(9, "c0", k, "bits", tuple(chances.shape[1:]))[None])
        h, w = config.tokenizer_sizes[k]
        assert state.bits[k].shape == (1, h, w, 8)
        grid = drawn.unflatten(1, config.sizes[k])
        if patchify:
            sub = grid.unflatten(-1, (8, 2, 2)).permute(0, 1, 4, 2, 5, 3)
            grid = sub.reshape(1, h, w, 8)
        assert float((grid != state.bits[k]).float().mean()) < 0.01
        if k:
            assert float(chances.std()) > 0.02


def test_the_model_listens_to_prompt_seed_and_guidance(backend: InfinityBackend):
    engine = engine_on(backend)
    base = finish(engine, engine.begin(PROMPT, search=raw(1)))
    for other in (
        engine.begin("a blue cup", search=raw(1)),
        engine.begin(PROMPT, search=raw(1), seed=1),
        engine.begin(PROMPT, search=raw(1, cfg=1.0)),
    ):
        assert not torch.equal(finish(engine, other).bits[-1], base.bits[-1])


def test_guidance_one_runs_without_the_unconditional_half(backend: InfinityBackend):
    engine = engine_on(backend)
    state = engine.begin(PROMPT, search=raw(3, cfg=1.0))
    assert state.kv.view.rows == 4
    assert engine.begin(PROMPT, search=raw(3)).kv.view.rows == 8
    end = finish(engine, state)
    alone = finish(engine, engine.begin(PROMPT, search=raw(1, cfg=1.0)))
    assert all(torch.equal(x[:1], y) for x, y in zip(end.bits, alone.bits, strict=True))


def test_chunks_change_rounding_only():
    ends = [
        finish(engine_on(tiny_backend(chunk)), engine_on(tiny_backend(chunk)).begin(PROMPT, search=raw(3)))
        for chunk in (1, 2, 4)
    ]
    for other in ends[1:]:
        same = [float((x == y).float().mean()) for x, y in zip(ends[0].bits, other.bits, strict=True)]
        assert min(same) > 0.999


def test_the_text_is_digested_once_per_prompt():
    backend = tiny_backend()
    engine = engine_on(backend)
    encoder = backend.text_encoder
    assert isinstance(encoder, HashTextEncoder)
    for seed in range(2):
        finish(engine, engine.begin(PROMPT, search=raw(2), seed=seed))
    assert encoder.calls == 1
    for k in range(6):
        engine.begin(f"prompt number {k}", search=raw(1))
    assert len(backend._conditions) == 4


def test_the_cache_has_room_until_the_next_fall_only(backend: InfinityBackend):
    engine = engine_on(backend)
    ends = backend.transformer.config.ends
    state, capacities = engine.begin(PROMPT), []
    while not state.done:
        capacities.append(state.kv.view.cache.capacity)
        state = engine.commit(engine.step(state))
    with pytest.raises(StateError, match="cannot hold"):
        engine.commit(engine.step(engine.begin(PROMPT))).kv.view.select([0], capacity=0)
    assert capacities == [ends[2]] * 3 + [ends[5]] * 3 + [ends[6]] + [ends[9]] * 3 + [ends[12]] * 3


def test_a_pruned_and_an_overfull_state_go_on(backend: InfinityBackend):
    engine = engine_on(backend)
    state = finish(engine, engine.begin(PROMPT), {0: (1,), 3: (0,) * 5, 7: (0, 1, 1)})
    assert len(state) == 1
    assert state.candidate_ids[0].startswith("c1")


def test_decoding_is_the_tokenizers_own(backend: InfinityBackend):
    engine = engine_on(backend)
    state = engine.begin(PROMPT, search=raw(3))
    for _ in range(6):
        state = engine.commit(engine.step(state))
    images = backend.decode(state.bits)
    assert images.shape == (3, 32, 32, 3)
    assert images.dtype == torch.uint8
    with torch.inference_mode():
        for i in range(3):
            summed = backend.tokenizer.quantizer.sum_codes([b[i : i + 1] for b in state.bits], (8, 8))
            one = backend.tokenizer.to_uint8(backend.tokenizer.decode(summed))
            assert int((one[0].int() - images[i].int()).abs().max()) <= 1


def test_flops_agree_with_a_counter(backend: InfinityBackend):
    engine = engine_on(backend)
    for search in (raw(2), raw(2, cfg=1.0)):
        state = engine.begin(PROMPT, search=search)
        for scale in range(4):
            with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter, torch.inference_mode():
                bits, kv = backend.grow(state)
            assert backend.grow_flops(state.run, scale, 2) == counter.get_total_flops()
            del bits, kv
            state = engine.commit(engine.step(state))
    with FlopCounterMode(display=False) as counter:
        backend.decode(state.bits)
    assert backend.decode_flops(2) == counter.get_total_flops()


def test_what_does_not_fit_is_refused(backend: InfinityBackend):
    parts = (backend.transformer, backend.tokenizer, backend.text_encoder)
    with pytest.raises(ConfigError, match="schedule"):
        InfinityBackend(*parts, ScaleSchedule(((1, 1),)), "tiny")
    with pytest.raises(ConfigError, match="chunk is 0"):
        InfinityBackend(*parts, backend.schedule, "tiny", chunk=0)
    engine = engine_on(backend)
    state = engine.begin(PROMPT, search=raw(3))
    other = engine.begin(PROMPT, search=raw(2))
    with pytest.raises(StateError, match="drop the cache"):
        backend.grow(replace(state, kv=other.kv))
    with pytest.raises(StateError, match="no bits"):
        backend.decode(())


def test_any_text_goes_where_there_is_no_vocabulary(backend: InfinityBackend):
    assert backend.prompts.vocabulary == ()
    assert backend.prompts.unknown("zebra") == ()


def test_negative_text_and_inner_guidance_change_the_draw_and_are_part_of_the_run(backend: InfinityBackend):
    engine = engine_on(backend)
    plain = engine.step(engine.begin(PROMPT, search=raw(2, cfg=5.0), seed=4)).grown
    for changes in ({"negative": "green cup"}, {"cfg_layers": (-1,)}):
        state = engine.begin(PROMPT, search=raw(2, cfg=5.0, **changes), seed=4)
        assert state.id != engine.begin(PROMPT, search=raw(2, cfg=5.0), seed=4).id
        grown = [finish(engine, state), finish(engine, replace(state, kv=None))]
        assert all(torch.equal(a, b) for a, b in zip(grown[0].bits, grown[1].bits, strict=True))
        assert not torch.equal(grown[0].bits[5], finish(engine, engine.commit(engine.step(plain))).bits[5])
    with pytest.raises(ConfigError, match="blocks from -1 to -2"):
        engine.begin(PROMPT, search=raw(1, cfg_layers=(-7,)))


def test_faces_are_asked_for_where_the_prompt_names_people():
    assert with_faces("a man with a cup").startswith("a man with a cup. very smooth faces")
    assert with_faces("a red cup") == "a red cup"


def test_the_bytes_of_a_run_follow_the_candidates_that_live(backend: InfinityBackend):
    engine = engine_on(backend)
    one, four = (engine.begin(PROMPT, search=raw(n)).run for n in (2, 8))
    token = 2 * 3 * 64 * 4
    assert backend.run_bytes(four) - backend.run_bytes(one) == 2 * 6 * backend.schedule.total_tokens * token
    state = finish(engine, engine.begin(PROMPT, search=SearchConfig(), seed=1))
    falls = backend.run_bytes(state.run)
    assert backend.run_bytes(one) < falls < backend.run_bytes(four)


@pytest.mark.parametrize("search", [SearchConfig("beam"), SearchConfig("importance-sampling", n=4), SearchConfig()])
def test_the_caches_of_a_run_take_what_is_said_at_their_peak(backend: InfinityBackend, search: SearchConfig):
    """Whoever is copied at a constant number of candidates needs a second cache, too."""
    engine = engine_on(backend)
    state = engine.begin(PROMPT, search=search, seed=1)
    run, peak = state.run, 0
    while state.scale < len(run.schedule) - 1:  # nothing is kept after the last one
        result = engine.step(state)
        assert result.grown.kv is not None
        before = result.grown.kv.view.cache.buffer
        copied = (0,) * result.keep if result.decision else None  # a draw may take one candidate only
        state = engine.commit(result, Selection(copied) if copied else None)
        held = {id(cache): cache.nbytes for cache in (before, state.kv.view.cache.buffer)}
        peak = max(peak, sum(held.values()))
    assert backend.run_bytes(run) - backend._chunk_bytes(run) == peak


@pytest.mark.parametrize("chunk", [2, 3])
def test_a_part_is_drawn_anew_and_the_rest_stays(chunk: int):
    check_ways_back(tiny_backend(chunk=chunk), PROMPT)
