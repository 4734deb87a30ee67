"""The sentences that strategies give as reasons, whole."""

from __future__ import annotations

from ttsvar.search.reasons import chance_reason, cluster_reason, finish_reason, select_reason

IDS = tuple(f"c{i}" for i in range(8))


def test_three_groups_are_all_named_and_a_fourth_is_counted() -> None:
    three = cluster_reason(IDS[:6], [0, 0, 1, 1, 2, 2], (0, 2, 4))
    assert "(cluster A)" in three
    assert "c4 and c5 share a layout (cluster C); c1, c3 and c5 were dropped." in three
    assert "more group" not in three
    four = cluster_reason(IDS, [0, 0, 1, 1, 2, 2, 3, 3], (0, 2, 4, 6))
    assert "(cluster C), as do 1 more groups;" in four
    assert "(cluster D)" not in four


def test_six_that_were_selected_are_all_named_and_of_seven_five() -> None:
    six = select_reason(IDS, [float(i) for i in range(8)], (2, 3, 4, 5, 6, 7), "value")
    assert "c7 (7.00), c6 (6.00), c5 (5.00), c4 (4.00), c3 (3.00) and c2 (2.00); c0 and c1 were dropped." in six
    seven = select_reason(IDS, [float(i) for i in range(8)], (1, 2, 3, 4, 5, 6, 7), "value")
    assert "c3 (3.00) and 2 more; c0 was dropped." in seven


def test_chance_names_those_who_were_dropped() -> None:
    assert chance_reason(IDS[:4], (0, 3)) == "4 -> 2: by chance alone; c1 and c2 were dropped."


def test_the_end_names_the_best_and_the_second() -> None:
    assert finish_reason(IDS[:3], [0.5, 1.25, float("nan")]) == (
        "c1 (1.25) scores highest of 3 and is the final image; c0 (0.50) comes second."
    )
