"""What a surveyed run is said to show: each story fits the survey made for it, tells its numbers, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools.record.captions import tell
from tools.record.stories import STORIES, End, Story, Survey

NAMES = tuple(f"c{i}" for i in range(8))
SIX, FOUR, TWO = NAMES[:6], NAMES[:4], NAMES[:2]


def survey(good: set[int], *, winner: int, tag: str = "counting", **changes) -> Survey:
    """Candidates 0 to 7 of rising reward at every scale; those in `good` end right, the rest wrong."""
    alone = tuple(End(name, 0.1 * i, i in good) for i, name in enumerate(NAMES))
    rewards = {2: dict.fromkeys(NAMES, 0.0), 5: dict.fromkeys(SIX, 0.0), 6: dict.fromkeys(FOUR, 0.0)}
    for row in rewards.values():
        row.update({name: 0.1 * i for i, name in enumerate(row)})
    plain = Survey(
        "a photo of two red cups", tag, 0, alone[winner], alone, rewards,
        {2: NAMES, 5: SIX, 6: FOUR}, {2: SIX, 5: FOUR, 6: TWO},
    )  # fmt: skip
    return replace(plain, **changes)


SHOWS = {
    "count": survey({3}, winner=3),
    "cluster": survey({1}, winner=1, alone=tuple(End(n, 0.9 if n == "c1" else 0.1, n == "c1") for n in NAMES),
                      search=End("c1.6b", 0.9, True)),
    "misled": survey({3}, winner=3, search=End("c3", 2.0, True)),
    "lambda": survey({1}, winner=1, search=End("c1", 0.9, True)),
    "override": survey({5}, winner=1),
    "failure": survey(set(), winner=3),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_fits_what_shows_it_and_tells_its_numbers(story: Story) -> None:
    shown = SHOWS[story.name]
    assert story.fit(shown) is not None
    other = End("c5", 1.25, True) if story.name == "override" else End("c0", -0.75, False)
    tale = tell(story, shown, shown.search, other)
    assert shown.prompt in tale.summary
    assert tale.text.endswith(".")
    assert "+1.25" in tale.text or "\u22120.75" in tale.text
    choice = story.other(shown)
    assert 0 <= choice.scale <= 6
    assert set(choice.names) <= set(NAMES)
    assert len(choice.title) <= 40


def test_what_went_right_is_no_failure_and_no_override() -> None:
    right = survey(set(range(8)), winner=7)
    fits = {story.name: story.fit(right) for story in STORIES if story.name != "lambda"}
    assert fits == dict.fromkeys(fits)


def test_trust_was_too_much_where_the_leader_ends_worse_and_most_where_it_ends_wrong() -> None:
    trust = next(story for story in STORIES if story.name == "lambda")
    search = End("c1", 0.9, True)
    right, wrong = (trust.fit(survey(good, winner=1, search=search)) for good in ({1, 3}, {1}))
    assert right == pytest.approx(0.6)
    assert wrong == pytest.approx(1.6)
    assert trust.fit(survey({1, 3}, winner=3)) is None


def test_a_count_is_only_told_of_counting_prompts() -> None:
    count = next(story for story in STORIES if story.name == "count")
    assert count.fit(survey({3}, winner=3, tag="position")) is None
    assert count.fit(survey({3}, winner=3, tag="two_counts")) is not None


def test_copies_go_back_to_their_first_candidate() -> None:
    assert [survey(set(), winner=0).root(name) for name in ("c3", "c3.6b", "c12.2c.9b")] == [3, 3, 12]


def test_by_reward_keeps_as_many_as_the_search_did() -> None:
    assert survey(set(), winner=0).by_reward(5) == ("c2", "c3", "c4", "c5")


def test_a_winner_may_be_saved_by_either_clustering() -> None:
    low = End("c0", 0.9, True)
    alone = tuple(low if n == "c0" else End(n, 0.1, False) for n in NAMES)
    early = survey({0}, winner=0, alone=alone, search=low, kept={2: SIX, 5: TWO, 6: TWO},
                   alive={2: NAMES, 5: TWO, 6: TWO})  # fmt: skip
    story = next(s for s in STORIES if s.name == "cluster")
    assert story.other(early).scale == 2
    assert "At scale 2 c0 is only number 8 of 8" in tell(story, early, early.search, alone[7]).text
    assert story.other(SHOWS["cluster"]).scale == 5
