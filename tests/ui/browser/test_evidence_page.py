"""The evidence, opened from the studio's menu."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import WIDTHS

pytestmark = pytest.mark.browser


def test_the_evidence_opens_from_the_menu(page: Page) -> None:
    page.locator(".more summary").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Evidence").click()
    evidence = opened.value
    expect(evidence.locator(".claim")).to_contain_text("of the prompts")
    expect(evidence.locator("#headline .js-plotly-plot").first).to_be_visible(timeout=60_000)
    assert evidence.locator("#headline tbody tr").count() >= 3
    assert evidence.locator(".js-plotly-plot").count() == 1, "what lies behind the other folds is not built"
    evidence.locator('.ev nav a[href="#score-vs-n"]').click()
    expect(evidence.locator("#score-vs-n .js-plotly-plot").first).to_be_visible(timeout=60_000)
    assert evidence.url.endswith("/evidence#score-vs-n"), "a link within the page stays on it"
    for width in WIDTHS:
        evidence.set_viewport_size({"width": width, "height": 900})
        assert evidence.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"at {width} px"
