"""What a person takes away and brings back, in Chromium: pictures, sessions, links, wrong files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from served import Server
from steps import ON_PHONE, PROMPT, at_scale, drop, finished, names, press, start, to_scale

from examples.drive import drive
from ttsvar.storage.png import read_recipe

pytestmark = pytest.mark.browser

WATCHED = """() => {
  window.brought = 0;
  const look = () => { window.brought += document.querySelectorAll('.answer.busy img.brought').length; };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


def overruled_to_the_end(page: Page) -> None:
    start(page, seed=5)
    to_scale(page, 2)
    page.locator(".card.keep .pic").first.click()
    press(page, "end")
    finished(page)


def line(page: Page) -> list[str]:
    """The winner's ancestors as their pictures are described."""
    return page.locator(".line li img").evaluate_all("pictures => pictures.map((p) => p.alt)")


def saved(page: Page, selector: str) -> bytes:
    with page.expect_download() as download:
        page.locator(selector).first.click()
    return Path(download.value.path()).read_bytes()


def test_a_dropped_picture_reopens_to_the_bit(page: Page) -> None:
    overruled_to_the_end(page)
    first, address = saved(page, "a.go"), page.url
    page.locator('.end [data-do="new"]').click()
    page.wait_for_selector(".stage.hello")
    page.evaluate(WATCHED)
    drop(page, first, "picture.png", "image/png")
    expect(page.locator(".answer")).to_contain_text("every bit of the picture as recorded", timeout=180_000)
    assert page.evaluate("window.brought") > 0, "the picture is seen while its run is drawn"
    finished(page)
    assert page.url != address
    assert saved(page, "a.go") == first
    expect(page.locator(".kick")).to_contain_text("1 choice by hand")
    expect(page.locator("#prompt textarea")).to_have_value(PROMPT)
    page.locator("#with-recipe").uncheck()
    bare = Image.open(io.BytesIO(saved(page, "a.go")))
    assert not bare.info
    assert bare.tobytes() == Image.open(io.BytesIO(first)).tobytes()


@ON_PHONE
def test_a_session_goes_out_and_comes_back(page: Page) -> None:
    overruled_to_the_end(page)
    ended = line(page)
    session = saved(page, '.end [data-do="save"]')
    with zipfile.ZipFile(io.BytesIO(session)) as files:
        assert {"recipe.json", "decisions.json", "scores.csv", "contact-sheet.png"} <= set(files.namelist())
        assert any(name.endswith(".gif") for name in files.namelist())
        state = read_recipe(files.read("picture.png")).state
    page.locator('.end [data-do="new"]').click()
    page.wait_for_selector(".stage.hello")
    page.locator("#bring").set_input_files({"name": "s.zip", "mimeType": "application/zip", "buffer": session})
    finished(page)
    expect(page.locator(".answer")).to_contain_text("Reopened from the session")
    assert line(page) == ended
    assert read_recipe(saved(page, "a.go")).state == state
    page.locator(".step button").nth(2).click()
    at_scale(page, 2)


def test_wrong_files_are_explained_and_the_run_stays(page: Page) -> None:
    start(page)
    address, cards = page.url, names(page)
    foreign = io.BytesIO()
    Image.new("RGB", (8, 8)).save(foreign, "PNG")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("holiday.txt", "sun")
    for data, name, says in (
        (foreign.getvalue(), "a.png", "carries no recipe"),
        (foreign.getvalue()[:40], "b.png", "damaged"),
        (archive.getvalue(), "c.zip", "holds no session"),
        (archive.getvalue()[:30], "d.zip", "damaged"),
        (b"plain text", "e.png", "neither a PNG nor a ZIP"),
    ):
        drop(page, data, name, "application/octet-stream")
        expect(page.locator(".answer[role=alert]")).to_contain_text(says)
        assert page.url == address
        assert names(page) == cards
    page.locator('.answer [data-do="dismiss"]').click()
    expect(page.locator(".answer")).to_have_count(0)
    press(page, "next")
    at_scale(page, 1)


def test_the_link_is_copied_and_reopens_the_run(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page)
    press(page, "next")
    at_scale(page, 1)
    page.locator('.top .ghost[data-do="share"]').click()
    expect(page.locator('.top .ghost[data-do="share"]')).to_have_text("Link copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "?run=" in link
    other = page.context.new_page()
    other.goto(link)
    at_scale(other, 1)
    assert names(other) == names(page)


def test_the_example_program_drives_the_live_app(page: Page, server: Server, tmp_path: Path) -> None:
    out = tmp_path / "best.png"
    run = drive(server.url, PROMPT, str(out))
    assert read_recipe(out.read_bytes()).run.prompt == PROMPT
    page.goto(f"{server.url}?run={run}")
    finished(page)
    assert saved(page, "a.go") == out.read_bytes()
