"""What was asked of a run and is not wanted any more: stopped before it began, or left by its page."""

from __future__ import annotations

import gc

import pytest

from ui.session.orders import PAGES, REMEMBERED, Orders
from ui.session.session import Session


@pytest.fixture
def orders() -> Orders:
    return Orders()


def test_a_stop_that_overtakes_its_order_stops_it_and_no_other(orders: Orders, session: Session) -> None:
    orders.stop(session, "first")
    before = session.turn
    assert orders.begin(session, "first", "page") is None
    assert session.turn == before, "whatever runs since goes on"
    assert orders.begin(session, "second", "page") == session.turn == before + 1


def test_without_a_name_an_order_begins_and_a_stop_stops_what_runs(orders: Orders, session: Session) -> None:
    turn = orders.begin(session, "", "")
    orders.stop(session, "")
    assert session.turn != turn
    assert orders.begin(session, "", "") == session.turn


def test_stopped_orders_that_never_come_are_forgotten(orders: Orders, session: Session) -> None:
    for number in range(REMEMBERED + 1):
        orders.stop(session, f"order {number}")
    assert orders.begin(session, "order 0", "") is not None
    assert orders.begin(session, f"order {REMEMBERED}", "") is None


def test_a_page_that_is_closed_stops_what_it_asked_for(orders: Orders, session: Session) -> None:
    turn = orders.begin(session, "one", "page")
    orders.leave("another page")
    assert session.turn == turn
    orders.leave("page")
    assert session.turn != turn
    before = session.turn
    orders.leave("page")
    assert session.turn == before


def test_what_another_page_has_asked_for_since_goes_on(orders: Orders, session: Session) -> None:
    orders.begin(session, "", "page")
    turn = orders.begin(session, "", "another page")
    orders.leave("page")
    assert session.turn == turn


@pytest.mark.slow
def test_pages_hold_no_run_and_do_not_grow_for_ever(orders: Orders, session: Session) -> None:
    for number in range(PAGES + 1):
        orders.begin(session, "", f"page {number}")
    turn = session.turn
    orders.leave("page 0")
    assert session.turn == turn
    del session
    gc.collect()
    orders.leave(f"page {PAGES}")
