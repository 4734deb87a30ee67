"""Guessing in the browser: alone, and a teacher with a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from served import Server
from steps import DESK_AND_PHONE

pytestmark = pytest.mark.browser


@DESK_AND_PHONE
def test_a_question_is_answered_alone(page: Page, server: Server) -> None:
    page.goto(f"{server.url}guess")
    expect(page.locator("[data-testid=guess] #play .pick")).to_have_count(8, timeout=60_000)
    page.locator("#play .pick").nth(3).click()
    expect(page.locator(".verdict")).to_contain_text("You:")
    expect(page.locator("#play .marks .own")).to_have_count(1)
    expect(page.locator("#tally svg")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_class_guesses_together(page: Page, server: Server) -> None:
    page.goto(f"{server.url}guess")
    page.get_by_role("button", name="Open a room").click()
    code = page.locator(".join strong")
    expect(code).to_have_text(re.compile("^[A-Z2-9]{4}$"), timeout=60_000)
    phone = page.context.new_page()
    phone.goto(f"{server.url}guess?room={code.inner_text()}")
    phone.get_by_label("Your name").fill("Ann")
    phone.get_by_role("button", name="Join").click()
    phone.locator("#play .pick").nth(1).click()
    expect(phone.locator(".verdict")).to_contain_text("You took 2")
    page.get_by_role("button", name="Reveal (1 of 1").click()
    expect(phone.locator(".verdict")).to_contain_text("You:")
    expect(page.locator(".scores")).to_contain_text("Ann")
