"""The evidence, opened from the studio's menu."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE

pytestmark = pytest.mark.browser


@DESK_AND_PHONE
def test_the_evidence_opens_from_the_menu(page: Page) -> None:
    page.locator(".more summary").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Evidence").click()
    evidence = opened.value
    expect(evidence.locator(".claim")).to_contain_text("of the prompts")
    expect(evidence.locator("#headline .js-plotly-plot").first).to_be_visible(timeout=60_000)
    assert evidence.locator("#headline tbody tr").count() >= 3
    assert evidence.evaluate("document.documentElement.scrollWidth <= innerWidth")
