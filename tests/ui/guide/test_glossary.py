"""Terms are marked once in running text, tags stay as they were, and the tour points at what the page has."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from ttsvar.choices import Decision
from ui.guide.glossary import TERMS, annotate, glossary_json
from ui.guide.tour import STEPS, tour_html

WORDS = [form for term in TERMS for form in term.forms]
TAG = re.compile(r"<[^>]*>")


def marked(html: str) -> list[str]:
    return re.findall(r'data-term="([^"]+)"', annotate(html))


def test_the_first_mention_in_a_paragraph_is_marked_once() -> None:
    html = "<p>A cluster and a reward; another cluster.</p><p>Clusters again, and \u03bb = 10.</p>"
    assert marked(html) == ["cluster", "reward", "lambda"]
    assert annotate(html).count('class="term"') == 3


def test_the_longest_form_wins_and_parts_of_words_do_not_count() -> None:
    assert marked("<p>the effective sample size, a rewarding scaled clustery token-wise thing</p>") == [
        "effective sample size"
    ]
    assert marked("<p>picked by reward</p>") == ["resampling"]


def test_only_running_text_is_touched() -> None:
    for html in (
        "<h2>Scale 2: cluster</h2>",
        '<img alt="the reward">',
        '<p title="the reward"></p>',
        "<p><button>reward</button></p>",
        '<p><span class="x">reward</span></p>',
        "",
    ):
        assert annotate(html) == html


@given(st.lists(st.sampled_from([*WORDS, "blue", "<b>", "</b>", "&amp;", "\u2212", "3", "."]), max_size=12))
def test_marking_changes_no_text(words: list[str]) -> None:
    html = f"<p>{' '.join(words)}</p>"
    assert TAG.sub("", annotate(html)) == TAG.sub("", html)


def test_terms_are_explained_and_told_apart() -> None:
    assert len({form.lower() for form in WORDS}) == len(WORDS)
    assert all(term.meaning.endswith(".") and len(term.meaning) > 40 for term in TERMS)
    rows = json.loads(glossary_json())
    assert [row[0] for row in rows] == [term.name for term in TERMS]
    assert "<" not in glossary_json()


def test_the_tour_goes_on_at_whatever_a_strategy_decides() -> None:
    (step,) = [step for step in STEPS if "decision" in step.target]
    waited = set(step.until.removeprefix("shown ").split(", "))
    assert {f".stage.{decision}" for decision in Decision} <= waited
    assert ".stage.final" in waited, "a strategy that decides nothing goes to the end"


def test_the_tour_has_eight_to_ten_steps_each_with_its_action() -> None:
    assert 8 <= len(STEPS) <= 10
    assert all(re.fullmatch(r"(input|click|shown) \S.*|moved (forward|back)", step.until) for step in STEPS)
    assert tour_html().count("&quot;title&quot;") == len(STEPS)
