"""A person's journeys through the app, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from steps import ON_PHONE, PROMPT, at_scale, finished, names, press, start, to_scale

pytestmark = pytest.mark.browser
SAYINGS = """() => {
  window.said = [];
  new MutationObserver(() => {
    const text = document.querySelector('.busy:not([hidden]) .now')?.textContent;
    if (text && window.said.at(-1) !== text) window.said.push(text);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
PART = re.compile(r"Scale \d+: (drawing|decoding|looking at|judging|choosing from) \d+ candidates?")
STOPPED = ".bar .acts:not([hidden]), .stage.final"


def test_overrule_at_scales_2_and_6(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    expect(page.locator(".card.keep")).to_have_count(6)
    expect(page.locator(".bar .what")).to_contain_text("as proposed")
    page.locator(".card.keep [data-do=more]").first.click()
    expect(page.locator(".bar .warn")).to_contain_text("keeps 6, you keep 7: 17% more work next")
    page.keyboard.press("r")
    letters = page.locator(".card").evaluate_all("cards => cards.map(c => c.dataset.letter)")
    lonely = next(i for i, letter in enumerate(letters) if letters.count(letter) == 1)
    page.locator(".card .pic").nth(lonely).click()
    warning = f"This drops {names(page)[lonely]}, the only candidate of cluster {letters[lonely]}."
    expect(page.locator(".bar .warn")).to_contain_text(warning)
    page.keyboard.press("r")
    for name in names(page, ".card.keep")[2:]:
        page.locator(f'.card[data-name="{name}"] .pic').click()
    kept = names(page, ".card.keep")
    expect(page.locator(".bar .warn")).to_contain_text("cluster")
    page.locator(".card.keep [data-do=more]").first.click()
    press(page, "next")
    at_scale(page, 3)
    assert names(page) == [kept[0], f"{kept[0]}.2b", kept[1]]
    to_scale(page, 6)
    before = names(page)
    page.keyboard.press("a")
    expect(page.locator(".card.keep")).to_have_count(len(before))
    page.keyboard.press("r")
    expect(page.locator(".bar .what")).to_contain_text("as proposed")
    page.locator("h1").click()
    first = page.locator(".card.drop, .card.keep").first.get_attribute("data-name")
    for i, card in enumerate(page.locator(".card").all()):
        if (i == 0) != ("keep" in (card.get_attribute("class") or "").split()):
            page.keyboard.press(card.locator("[data-key]").get_attribute("data-key") or "")
    expect(page.locator(".card.keep")).to_have_count(1)
    expect(page.locator(".card.keep").first).to_have_attribute("data-name", first or "")
    press(page, "end")
    finished(page)
    expect(page.locator(".kick")).to_contain_text("by hand")


@ON_PHONE
def test_rewind_and_branch(page: Page) -> None:
    start(page)
    press(page, "end")
    finished(page)
    page.locator(".step button").nth(5).click()
    at_scale(page, 5)
    dropped = names(page, ".card.drop")
    page.locator(".card.drop .pic").first.click()
    press(page, "end")
    finished(page)
    expect(page.locator(".branches .chip")).to_have_count(2)
    page.locator(".branches .chip").first.click()
    expect(page.locator(".branches .chip").first).to_have_attribute("aria-pressed", "true")
    finished(page)
    page.locator(".step button").nth(5).click()
    at_scale(page, 5)
    assert set(dropped) <= set(names(page, ".card.drop")), "the first branch kept its own choice"


@ON_PHONE
def test_refresh_in_the_middle(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    page.locator(".card.keep .pic").first.click()
    dropped = names(page, ".card.drop")
    page.reload()
    at_scale(page, 2)
    assert names(page, ".card.drop") == dropped, "what was chosen but not sent is remembered by the tab"
    expect(page.locator("#prompt textarea")).to_have_value(PROMPT)
    press(page, "next")
    at_scale(page, 3)
    assert len(names(page)) == 5


def test_bad_input_is_explained_in_place(page: Page) -> None:
    page.locator("#prompt textarea").fill("x" * 5000)
    page.locator("#go").click()
    expect(page.locator("#prompt-note")).to_contain_text("This prompt has 5000 characters")
    start(page)
    for card in page.locator(".card .pic").all():
        card.click()
    expect(page.locator(".bar .warn")).to_contain_text("Keep at least one candidate")
    expect(page.locator('.bar [data-do="next"]')).to_be_disabled()


# The fake model is at the end before a hand could stop it.
@pytest.mark.model("toybox")
def test_progress_has_parts_and_stop_and_escape_answer_and_the_run_goes_on(page: Page) -> None:
    start(page, seed=7)
    page.evaluate(SAYINGS)
    press(page, "end")
    # The button is drawn anew with every scale, which a pointer that waits for it to be still may never catch.
    page.locator('.busy [data-do="stop"]').dispatch_event("click")
    page.wait_for_selector(STOPPED)
    if page.locator(".stage.final").count() == 0:
        press(page, "end")
        page.keyboard.press("Escape")
        page.wait_for_selector(STOPPED)
    if page.locator(".stage.final").count() == 0:
        assert len(names(page)) >= 1
        press(page, "end")
    finished(page)
    said = page.evaluate("window.said")
    assert any(PART.fullmatch(words) for words in said), said


@pytest.mark.parametrize("shared", [True, False], ids=["two tabs", "two people"])
def test_two_visitors_never_see_each_others_runs(page: Page, chromium: Browser, shared: bool) -> None:
    other = (page.context if shared else chromium.new_context()).new_page()
    other.goto(page.url)
    other.wait_for_selector("#go")
    start(page, seed=1)
    start(other, "a photo of a red star", seed=2)
    assert page.url != other.url
    press(page, "next")
    press(other, "decision")
    at_scale(page, 1)
    at_scale(other, 2)
    page.reload()
    other.reload()
    at_scale(page, 1)
    at_scale(other, 2)
    expect(page.locator("#prompt textarea")).to_have_value(PROMPT)
    expect(other.locator("#prompt textarea")).to_have_value("a photo of a red star")


def test_an_address_without_a_run_says_so(page: Page) -> None:
    page.goto(page.url.split("?")[0] + "?run=gonegone12")
    expect(page.locator(".stage .err")).to_contain_text("no longer kept")
