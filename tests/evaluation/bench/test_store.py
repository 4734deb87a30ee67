from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from sweep_fakes import row

from ttsvar.config import SearchConfig
from ttsvar.errors import StoreError
from ttsvar.evaluation.bench.store import Conditions, Store, Trace
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "deep" / "rows.sqlite")


def test_what_goes_in_comes_out(store):
    lacking = Shortfall(kind=ShortfallKind.COLOR, thing="cup", asked=2, found=1, color="red", seen=("red", "blue"))
    wrong = row(draw=2, correct=False, reasons=(lacking,), reward=None, diversity=None)
    entries = [row(prompt="b"), row(prompt="a", draw=7), wrong]
    for entry in entries:
        store.add(entry)
    assert store.rows("r") == sorted(entries, key=lambda r: (r.prompt, r.draw))
    assert store.rows("other") == []
    assert store.keys() == {entry.key for entry in entries}


def test_rows_of_before_shortfalls_were_data_still_read(store):
    store.add(row(correct=False))
    with sqlite3.connect(store.path) as file:
        file.execute("UPDATE rows SET reasons = ?", ('["expected cup >= 1, found 0"]',))
    assert [r.reasons for r in store.rows("r")] == [("expected cup >= 1, found 0",)]


def test_rows_of_a_potential_that_saw_the_decision_scales_alone_are_not_those_of_every_scale():
    kinds = {potential: SearchConfig(potential=potential) for potential in ("value", "diff")}
    every = {potential: Conditions("toybox", search, "w").settings for potential, search in kinds.items()}
    before = {
        potential: Conditions("toybox", replace(s, score_scales=()), "w").settings for potential, s in kinds.items()
    }
    assert every == {"value": "{}", "diff": '{"potential": "diff", "score_scales": "all"}'}
    assert before == {"value": "{}", "diff": '{"potential": "diff"}'}


def test_a_key_is_written_once(store):
    store.add(row())
    store.add(row(correct=False))
    assert [r.correct for r in store.rows("r")] == [True]


def test_traces_and_notes_come_back(store):
    trace = Trace("r", "a photo of a cup", 3, ((0.5, 1.0), (-0.25, 2.0)))
    store.add(trace)
    assert store.traces("r") == [trace]
    store.set_note("w", "detector", {"a": [1, 2]})
    store.set_note("w", "detector", {"a": [3]})
    assert store.notes("w") == {"detector": {"a": [3]}}
    assert store.notes("other") == {}


def test_work_counts_the_processors_seconds_and_the_clocks_where_there_are_none(store):
    recipe, other = Conditions("toybox", SearchConfig(), "a"), Conditions("toybox", SearchConfig(), "b")
    for known in (recipe, other):
        store.add_recipe(known)
    assert store.work("a") == (0, 0.0)
    store.add(row(recipe=recipe.key, seconds=9.0, cpu_seconds=2.5))
    store.add(row(recipe=recipe.key, draw=1, seconds=4.0, cpu_seconds=0.0))
    store.add(row(recipe=other.key, seconds=100.0, cpu_seconds=100.0))
    assert store.work("a") == (2, 6.5)


def test_rows_are_there_for_another_process_as_soon_as_they_are_written(store):
    store.add(row())
    with sqlite3.connect(store.path) as other:
        assert other.execute("SELECT count(*) FROM rows").fetchone() == (1,)


def test_the_latest_recipe_is_one_with_rows(store):
    first, second, third = (Conditions("toybox", SearchConfig(), weights) for weights in "abc")
    for recipe in (first, second, third):
        store.add_recipe(recipe)
    assert store.latest() is None
    store.add(row(recipe=second.key))
    assert store.latest() == ("toybox", "b")


def test_recipes_differ_by_model_search_and_weights_only():
    recipe = Conditions("toybox", SearchConfig(), "w")
    assert recipe.key == Conditions("toybox", SearchConfig(strategy="tts-var", lam=10.0), "w").key
    others = [replace(recipe, model="var"), replace(recipe, search=SearchConfig(lam=5.0)), replace(recipe, weights="v")]
    assert len({r.key for r in (recipe, *others)}) == 4
    assert recipe.settings == "{}"


def test_a_full_disk_is_explained_and_rows_are_kept(store):
    store.add(row())
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages}")
    big = [row(draw=draw, reasons=("a reason " * 50,)) for draw in range(1, 1000)]
    with pytest.raises(StoreError, match=r"full.*kept"):
        list(map(store.add, big))
    assert row() in Store(store.path).rows("r")


def test_other_files_are_refused(tmp_path):
    (tmp_path / "text.sqlite").write_text("no database " * 100)
    with pytest.raises(StoreError, match=r"text\.sqlite cannot be opened"):
        Store(tmp_path / "text.sqlite")
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE mine (x)")
    with pytest.raises(StoreError, match="another kind"):
        Store(tmp_path / "other.sqlite")
    with pytest.raises(StoreError, match="no rows at"):
        Store(tmp_path / "absent.sqlite", create=False)
