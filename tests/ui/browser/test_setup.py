"""The set-up rail: the schedule as cells, searches that explain themselves, words the model does not know."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE, PROMPT, advanced, at_scale, choose, drop, finished, press, start

from ttsvar.storage.png import read_recipe

pytestmark = pytest.mark.browser


@DESK_AND_PHONE
def test_the_schedule_is_edited_and_explained_at_its_cells(page: Page) -> None:
    page.locator("#prompt textarea").fill(PROMPT)
    advanced(page)
    expect(page.locator(".cell")).to_have_count(13)
    cell = page.locator('.cell[data-k="3"] input')
    cell.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(cell).to_have_value("9")
    expect(page.locator(".cells .why")).to_contain_text("Scale 3 keeps 9 candidates but only 6 are alive")
    expect(page.locator('.cell[data-k="3"] input')).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#bars i.wrong")).to_have_count(1)
    page.locator("#go").click()
    expect(page.locator("#plan-note .err")).to_be_visible()
    expect(page.locator(".stage.hello")).to_be_attached()
    cell.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".cells .why")).to_have_count(0)
    page.locator('.cell[data-k="4"] button').focus()
    page.keyboard.press("c")
    expect(page.locator("#plan-note")).to_contain_text("2, 4 and 5")
    expect(page.locator("#search-note")).to_contain_text("Changed: marks")
    assert page.evaluate("document.activeElement.closest('.cell')?.dataset.k") == "4", "the focus stays in its cell"
    page.locator("#go").click()
    at_scale(page, 0)
    assert page.locator(".step li.cluster").count() == 3


def test_named_searches_bring_their_schedule_and_explain_themselves(page: Page) -> None:
    expect(page.locator("#search")).to_be_hidden()
    choose(page, "Best of N")
    expect(page.locator("#search-note")).to_contain_text("to the end")
    expect(page.locator("#n input")).to_have_value("4")
    advanced(page)
    expect(page.locator('.cell[data-k="0"] input')).to_have_value("1")
    page.locator('.cell[data-k="6"] button').click()
    expect(page.locator(".cells .why")).to_contain_text("Best of N does not cluster")
    choose(page, "Custom")
    expect(page.locator(".cells .why")).to_have_count(0)
    expect(page.locator('.cell[data-k="6"]')).to_have_attribute("data-mark", "cluster")


def test_unknown_words_are_underlined_in_the_field(page: Page) -> None:
    page.locator("#prompt textarea").fill("a photo of three cobalt balls")
    expect(page.locator("#prompt .mirror u")).to_have_text("cobalt")
    expect(page.locator("#prompt-note")).to_contain_text("does not know")
    page.locator("#prompt-note summary").click()
    expect(page.locator("#prompt-note details")).to_contain_text("balls")
    nearest = page.locator("#prompt-note button[data-prompt]")
    told = nearest.get_attribute("data-prompt") or ""
    nearest.click()
    expect(page.locator("#prompt textarea")).to_have_value(told)
    expect(page.locator("#prompt .mirror u")).to_have_count(0)
    page.locator("#prompt textarea").fill("x" * 10_000)
    page.locator("#go").click()
    expect(page.locator("#prompt-note .err")).to_contain_text("10000 characters")


def test_the_rail_folds_away_and_the_dice_draw(page: Page) -> None:
    page.locator("#seed input").fill("123456")
    page.locator("#dice").click()
    expect(page.locator("#seed input")).not_to_have_value("123456")
    burger = page.locator(".burger")
    burger.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rail")).to_be_hidden()
    expect(burger).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.locator("#rail")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    start(page)
    expect(page.locator("#rail")).to_be_hidden()
    burger.click()
    expect(page.locator("#prompt textarea")).to_have_value(PROMPT)


def test_a_negative_prompt_goes_into_the_picture_and_comes_back(page: Page) -> None:
    advanced(page)
    expect(page.locator("#positive")).to_be_hidden()
    field = page.locator("#negative textarea, #negative input")
    field.fill("a cobalt ball")
    expect(page.locator("#negative-note mark")).to_have_text("cobalt")
    field.fill("a photo of a red ball")
    expect(page.locator("#negative-note")).to_be_empty()
    start(page)
    press(page, "end")
    finished(page)
    page.reload()
    finished(page)
    advanced(page)
    expect(field).to_have_value("a photo of a red ball")
    with page.expect_download() as download:
        page.locator("a.go").click()
    picture = download.value.path().read_bytes()
    assert read_recipe(picture).run.search.negative == "a photo of a red ball"
    field.fill("")
    drop(page, picture, "picture.png", "image/png")
    expect(page.locator(".answer")).to_contain_text("every bit of the picture as recorded", timeout=180_000)
    expect(field).to_have_value("a photo of a red ball")
