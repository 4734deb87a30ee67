"""The weights that ship, from the first click to the picture; and the runs that were recorded on them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from steps import IN_VIEW, PROMPT, UNCOVERED, drop, finished, overrule, press, settings, start, to_scale

from ttsvar.storage.png import read_recipe
from ui.guide.recorded import recorded_runs

pytestmark = [pytest.mark.browser, pytest.mark.model("toybox")]


def test_a_search_is_overruled_saved_and_reopened_to_the_bit(page: Page) -> None:
    settings(page)
    model = page.locator("details.model")
    expect(model).to_contain_text("13 scales, 128 \u00d7 128 px, on CPU")
    expect(model.locator("p").first).to_be_hidden()
    model.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(model).to_contain_text("python app.py --model NAME")
    expect(page.get_by_test_id("trust")).to_contain_text("favourite of 8 ends best")
    start(page)
    to_scale(page, 2)
    expect(page.get_by_test_id("trust")).to_contain_text("at this scale its favourite ends best")
    lab = page.get_by_test_id("plan-lab")
    expect(lab).to_be_hidden()
    page.get_by_role("button", name="Every scale").click()
    lab.locator("summary").click()
    expect(lab.locator(".paper")).to_contain_text("in 100 right")
    lab.locator(".at").first.press("ArrowRight")
    expect(lab.locator(".against")).to_contain_text("on the same candidates")
    expect(lab.locator(".where").first).to_have_text("3")
    overrule(page)
    press(page, "end")
    finished(page)
    expect(page.locator(".kick")).to_contain_text("1 choice by hand")
    with page.expect_download() as download:
        page.locator("a.go").click()
    picture = Path(download.value.path()).read_bytes()
    assert Image.open(io.BytesIO(picture)).size == (128, 128)
    assert read_recipe(picture).run.prompt == PROMPT
    page.locator('.end [data-do="new"]').click()
    page.wait_for_selector(".stage.hello")
    drop(page, picture, "picture.png", "image/png")
    expect(page.locator(".answer")).to_contain_text("every bit of the picture as recorded", timeout=180_000)


def test_the_menu_leads_to_a_recorded_run_which_goes_on_live(page: Page) -> None:
    start(page)
    page.locator(".more summary").click()
    page.keyboard.press("Escape")
    expect(page.locator(".more")).not_to_have_attribute("open", "")
    expect(page.locator(".more summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator('.more [data-do="recorded"]').click()
    page.wait_for_selector(".stage.hello .recorded")
    page.wait_for_timeout(800)
    expect(page.locator(".answer")).to_have_count(0)
    assert page.locator(".recorded li").count() >= 6
    page.locator(".recorded button").first.click()
    expect(page.locator(".stage.board .story h2")).to_have_text(recorded_runs()[0].title)
    page.locator(".places [data-go]").first.click()
    page.wait_for_selector(".stage.board")
    before = page.locator(".branches .chip").count()
    cards = page.locator(".card .pic")
    if page.locator(".card.keep").count() > 1:
        page.locator(".card.keep .pic").last.click()
    else:
        cards.last.click()
    press(page, "end")
    finished(page)
    assert page.locator(".branches .chip").count() > before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_recorded_run_opens_at_its_story(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 720})
    page.locator(".recorded button").nth(4).click()
    page.wait_for_selector(".stage.board .story h2")
    page.wait_for_function(f"({IN_VIEW})(document.querySelector('.story h2'))")
    page.wait_for_function(UNCOVERED)
    page.wait_for_timeout(500)
    assert page.locator(".story h2").evaluate(IN_VIEW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
