"""Who sits where, from scale to scale."""

from __future__ import annotations

from ui.scene.seats import Seating, next_seating

EIGHT = tuple(range(8))
START = Seating(numbers=EIGHT, places=EIGHT, room=8, lineages=EIGHT, first=8)


def test_who_goes_on_stays_where_it_is_while_the_board_is_more_than_half_full() -> None:
    after = next_seating(START, (0, 2, 3, 5, 6, 7))
    assert after.numbers == after.places == after.lineages == (0, 2, 3, 5, 6, 7)
    assert after.room == 8


def test_a_board_that_is_half_empty_closes_up_in_its_order_and_the_numbers_stay() -> None:
    after = next_seating(START, (1, 4, 6, 7))
    assert after.numbers == (1, 4, 6, 7)
    assert (after.places, after.room) == ((0, 1, 2, 3), 4)
    again = next_seating(after, (1, 2, 3))
    assert (again.places, again.room) == ((1, 2, 3), 4), "three of four stay where they are"


def test_copies_take_the_nearest_free_places_and_belong_to_the_same_lineage() -> None:
    after = next_seating(START, (2, 2, 2, 5, 6, 7))
    assert after.places == (2, 1, 3, 5, 6, 7)
    assert after.lineages == (2, 2, 2, 5, 6, 7)


def test_more_copies_than_places_make_the_board_larger() -> None:
    after = next_seating(START, tuple(sorted(2 * EIGHT)))
    assert sorted(after.places) == sorted(after.numbers) == list(range(16))
    assert after.room == 16
    assert len(set(next_seating(after, (15, 15, *range(14))).numbers)) == 16


def test_a_number_that_was_given_up_can_be_taken_by_a_copy() -> None:
    one = next_seating(START, (4,))
    assert (one.numbers, one.places, one.room) == ((4,), (0,), 1)
    two = next_seating(one, (0, 0))
    assert two.numbers == (4, 3)
    assert (two.places, two.room) == ((0, 1), 2)
