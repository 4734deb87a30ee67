"""The article in the browser: its figures move, and lead to the same state in the app."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from served import Server
from steps import DESK_AND_PHONE

from ui.pages.learn.page import article

pytestmark = pytest.mark.browser


@DESK_AND_PHONE
def test_figures_move_and_lead_to_the_app(page: Page, server: Server) -> None:
    page.goto(f"{server.url}learn")
    expect(page).to_have_title("Learn \u00b7 TTS-VAR Explorer")
    assert page.locator("[data-testid=learn]").count() == 1
    draw = page.locator("[data-figure=draw]")
    draw.locator("input").fill("12")
    expect(draw.locator(".said")).to_contain_text("Scale 12 of 12: 8 \u00d7 8 cells")
    clusters = page.locator("[data-figure=clusters]")
    kept = clusters.locator(".kept").count()
    before = clusters.locator(".ends img").get_attribute("src")
    clusters.get_by_role("button", name="Highest reward").click()
    expect(clusters.locator(".kept")).to_have_count(kept)
    assert clusters.locator(".ends img").get_attribute("src") != before
    cost = page.locator("[data-figure=cost]")
    expect(cost.locator(".said")).to_contain_text("Decisions as in the paper")
    cost.locator("input").fill("3")
    expect(cost.locator(".said")).to_contain_text("Decisions 3 scales later")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "?recorded=cluster&at=" in (clusters.get_by_role("link").get_attribute("href") or "")


def test_it_works_from_a_file(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text(article(""), encoding="utf-8")
    errors: list[str] = []
    other = page.context.new_page()
    other.on("pageerror", lambda error: errors.append(str(error)))
    other.goto(path.as_uri())
    expect(other.locator("[data-figure=later] .said")).to_contain_text("After scale 2 the favourite wins")
    expect(other.locator("[data-figure] img").first).to_be_visible()
    assert errors == []
