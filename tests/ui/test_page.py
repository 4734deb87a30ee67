"""The page as HTML: what is shown of a state, and how it is said."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from ui_helpers import PROMPT, go_to, page_at

from ttsvar.config import SearchConfig
from ui.panels.cost.model import alive_per_scale, breakdown, costs
from ui.panels.features.view import features_html
from ui.panels.stage.closeup import history_of
from ui.panels.stepper.view import stepper_html
from ui.scene import sentences as words
from ui.scene import strip
from ui.scene.frame import build_frame, cluster_labels, reading_pictures
from ui.scene.marks import mark
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.setup.checks import SetupChecks

VOID = {"img", "input", "br", "path", "rect", "circle", "image", "link", "meta"}


class Balance(HTMLParser):
    """Counts tags, so that no view leaves one open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def test_maps_are_named_after_what_was_looked_with(session: Session) -> None:
    frame = build_frame(session, go_to(session, 2))
    patches, whole = features_html(frame, "pca"), features_html(frame, "inception")
    assert "DINOv2 map of" in patches
    assert "DINOv2" not in whole
    assert "trained with labels; the vectors" in whole
    assert "<span>DINOv2 map</span>" in page_at(session, session.current)["stage"]


def test_the_fields_begin_with_the_reward_that_was_asked_for(session: Session) -> None:
    assert SetupChecks(session.engine).choices().values["reward"] == "image-reward"
    assert SetupChecks(session.engine, "hps").choices().values["reward"] == "hps"


@pytest.mark.parametrize("scale", [0, 2, 6, 13])
def test_every_view_is_well_formed(session: Session, scale: int) -> None:
    view = page_at(session, go_to(session, scale))
    for name in ("header", "stepper", "stage", "lineage", "features", "resampling", "scores", "cost", "facts"):
        parser = Balance()
        parser.feed(view[name])
        assert parser.open == [], name


def test_pictures_have_alternative_texts(session: Session) -> None:
    stage = page_at(session, go_to(session, 2))["stage"]
    assert len(re.findall(r'alt="Candidate c\d at scale 2: a photo', stage)) == 8
    assert all("alt=" in tag for tag in re.findall(r"<img[^>]*>", stage))


def test_a_prompt_cannot_write_html(store: SessionStore) -> None:
    session = store.create('a star <script>alert(1)</script> "quoted"', SearchConfig(strategy="raw"), 0)
    session.open(session.current)
    for scale in (0, 13):
        view = page_at(session, go_to(session, scale))
        assert "<script" not in "".join(str(v) for v in view.values())


def test_the_payload_of_a_scale_is_small(session: Session) -> None:
    view = page_at(session, go_to(session, 2))
    assert sum(len(v) for v in view.values() if isinstance(v, str)) < 400_000


def test_the_proposal_is_selected_and_a_choice_by_hand_is_remembered(session: Session) -> None:
    at = go_to(session, 2)
    frame = build_frame(session, at)
    assert [c.count for c in frame.cards] == [c.proposed for c in frame.cards]
    assert sum(c.proposed for c in frame.cards) == frame.keep == 6
    session.commit(at, [3, 1, 0, 0, 0, 0, 0, 0])
    assert [c.count for c in build_frame(session, at).cards] == [3, 1, 0, 0, 0, 0, 0, 0]


def test_copies_name_their_mother(session: Session) -> None:
    at = go_to(session, 2)
    session.open(session.commit(at, [2, 1, 0, 0, 0, 0, 0, 0]))
    assert [(c.name, c.origin) for c in build_frame(session, session.current).cards] == [
        ("c0", "from start"), ("c0.2b", "from c0"), ("c1", "from start"),
    ]  # fmt: skip
    at_four = go_to(session, 4)
    assert build_frame(session, at_four).cards[1].origin == "from c0"


def test_cluster_marks_follow_the_lineage(session: Session) -> None:
    at_two = go_to(session, 2)
    labels = cluster_labels(session, at_two)
    result = session.history.node(at_two).result
    assert result is not None
    at_three = go_to(session, 3)
    assert cluster_labels(session, at_three) == [labels[p] for p in result.proposal.parents]
    first = [mark(label) for label in range(8)]
    assert len({m.name for m in first}) == len({m.color for m in first}) == 8
    assert len({(mark(label).name, mark(label).color) for label in range(64)}) == 64


def test_sentences_have_the_numbers_of_the_run(session: Session) -> None:
    frame = build_frame(session, go_to(session, 2))
    assert words.title(frame) == "Scale 2: keep 6 of 8"
    assert "share a layout" in words.sentence(frame, "")
    frame = build_frame(session, go_to(session, 6))
    assert words.title(frame) == "Scale 6: pick 2 of 4 by reward"
    assert "picked by reward with \u03bb = 10" in words.sentence(frame, "")
    frame = build_frame(session, go_to(session, 7))
    assert "Everybody goes on" in words.sentence(frame, words.following([(9, "resample", 1)], 7))
    cells = stepper_html(strip.cells(session, session.current))
    assert "<b>Next:</b> keep 1 of 2 by reward, after scale 9" in cells
    assert re.search(r'class="plan resample next"', cells)
    assert "<b>Next:</b>" not in stepper_html(strip.cells(session, go_to(session, 9)))


def test_a_decision_about_one_is_not_announced(session: Session) -> None:
    at = go_to(session, 2)
    session.open(session.commit(at, [1, 0, 0, 0, 0, 0, 0, 0]))
    assert "<b>Next:</b>" not in stepper_html(strip.cells(session, session.current))


def test_the_ending_has_picture_line_and_download(session: Session) -> None:
    stage = page_at(session, go_to(session, 13))["stage"]
    assert 'download="a-photo-of-three-blue-balls-0.png"' in stage
    assert stage.count("data-go=") == 13
    assert "every choice as proposed" in re.sub(r"<[^>]*>", "", stage), "words may be marked"


def test_the_history_of_a_candidate_follows_its_line(session: Session) -> None:
    at = go_to(session, 2)
    session.open(session.commit(at, [2, 1, 0, 0, 0, 0, 0, 0]))
    frames = history_of(session, session.current, 1)
    assert [f["scale"] for f in frames] == [0, 1, 2, 3]
    assert [f["name"] for f in frames] == ["c0", "c0", "c0", "c0.2b"]
    assert frames[2]["decision"] == "cluster"
    assert frames[-1]["image"] == build_frame(session, session.current).cards[1].image


def test_the_breakdown_compares_with_the_same_n_without_a_search(session: Session) -> None:
    paid = breakdown(session, go_to(session, 3))
    own, fixed = paid.work
    assert alive_per_scale(session, session.current) == [8, 8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1]
    assert fixed.name == "raw"
    assert fixed.values[-1] == pytest.approx(session.engine.cost(session.run).raw)
    assert own.values[0] == pytest.approx(8 * fixed.values[0])
    assert list(own.values) == sorted(own.values)
    assert paid.price is not None
    assert (paid.price.scale, paid.price.candidates) == (4, 6)
    assert paid.price.flops == pytest.approx(own.values[4] - own.values[3])
    assert paid.held[0].values[3] == 6 * sum(session.run.schedule.tokens(k) for k in range(4))
    assert breakdown(session, go_to(session, 13)).price is None


def test_the_curves_of_fixed_and_best_part_where_there_are_several(store: SessionStore) -> None:
    session = store.create(PROMPT, SearchConfig(n=2), 0)
    session.open(session.current)
    assert [curve.name for curve in breakdown(session, session.current).work[1:]] == ["fixed batch of 2", "best of 2"]


def test_the_planned_work_is_what_a_run_is_charged_in_the_end(session: Session) -> None:
    planned = breakdown(session, go_to(session, 13)).work[0].values
    cost = costs(session, session.current)
    assert cost.search.flops == pytest.approx(planned[-1])
    assert cost.measured.flops == pytest.approx(planned[-1]), "nobody had drawn it before"
    assert not cost.reused


def test_raw_sampling_costs_as_much_as_itself(store: SessionStore) -> None:
    session = store.create(PROMPT, SearchConfig(strategy="raw"), 0)
    session.open(session.current)
    go_to(session, 13)
    assert costs(session, session.current).search.flops == pytest.approx(session.engine.cost(session.run).raw)
    paid = breakdown(session, session.current)
    assert [[curve.name for curve in curves] for curves in (paid.work, paid.held)] == [["this run"], ["this run"]]


def test_the_breakdown_is_the_same_whoever_drew_it_before(session: Session, store: SessionStore) -> None:
    first = costs(session, go_to(session, 13))
    again = store.create(session.run.prompt, session.run.search, session.run.seed)
    again.open(again.current)
    second = costs(again, go_to(again, 13))
    assert {n: p.flops for n, p in second.search.parts.items()} == {n: p.flops for n, p in first.search.parts.items()}
    assert second.reused
    assert "An earlier run had drawn" in page_at(again, again.current)["cost"]


def test_a_price_counts_the_candidates_that_a_person_keeps(session: Session) -> None:
    at = go_to(session, 2)
    session.open(session.commit(at, [1] * 8))
    session.open(at)
    assert alive_per_scale(session, at)[3] == 8


def test_what_k_means_reads_is_a_grid_or_a_strip(session: Session) -> None:
    uris, strip = reading_pictures(session, go_to(session, 2))
    assert len(uris) == 8
    assert not strip, "pca reads one number a patch"
    assert all(uri.startswith("data:image/png") for uri in uris)


def test_carried_weights_complete_the_chances_of_a_particle_search(store: SessionStore) -> None:
    session = store.create("a red star", SearchConfig(strategy="smc", n=4, ess_share=0.01, potential="max"), 0)
    session.open(session.current)
    for scale in (6, 9):
        frame = build_frame(session, go_to(session, scale))
        best = [max([c.reward, *(v for v in c.past if v is not None)]) for c in frame.cards]
        weights = np.exp(frame.lam * np.array(best) + [c.carried for c in frame.cards])
        np.testing.assert_allclose(weights / weights.sum(), [c.probability for c in frame.cards], atol=1e-9)
    assert any(abs(c.carried) > 1e-6 for c in frame.cards), "nothing was drawn at scale 6, so its weights go on"
    assert "carried on" in page_at(session, session.current)["resampling"]
