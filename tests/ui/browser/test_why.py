"""The panel of reasons: one candidate everywhere, chances for any lambda, maps, clusters and cost."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from steps import DESK_AND_PHONE, at_scale, names, start, tab_titles, to_scale

from ttsvar.choices import POTENTIALS
from ttsvar.search.potentials import potential, probabilities

pytestmark = pytest.mark.browser


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def facts(page: Page) -> dict[str, Any]:
    """The rewards that the page recomputes from."""
    return json.loads(page.locator(".draw").get_attribute("data-cards") or "")


def shown(page: Page, kind: str) -> list[float]:
    """The chances on the page, as shares."""
    texts = page.locator(f'.bars > [data-name] [data-kind="{kind}"] em').all_text_contents()
    return [float(text.rstrip("%")) / 100 for text in texts]


def set_slider(page: Page, selector: str, value: float) -> None:
    page.locator(selector).evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )


def test_a_redraw_can_be_kept_and_the_lambda_slider_recomputes_without_running_anything(
    page: Page,
) -> None:
    start(page)
    to_scale(page, 6)
    tab(page, "Resampling")
    keep = facts(page)["keep"]
    assert page.locator(".bars .draws i").count() == keep
    set_slider(page, '[data-do="lambda"]', 0)
    assert page.locator(".bars .draws i").count() == 0
    page.locator('[data-do="redraw"]').click()
    assert page.locator(".bars .draws i").count() == keep
    drawn = page.locator(".bars > [data-name]").evaluate_all("rows => rows.map(r => r.querySelectorAll('i').length)")
    page.locator('[data-do="take"]').click()
    assert page.locator(".card").evaluate_all("cards => cards.map(c => Number(c.dataset.count))") == drawn
    page.locator('[data-do="back"]').click()
    expect(page.locator("b.lam")).to_have_text("10")
    to_scale(page, 9)
    page.reload()
    at_scale(page, 9)
    tab(page, "Resampling")
    known = facts(page)
    past = torch.tensor([[math.nan if v is None else v for v in c["past"]] for c in known["cards"]])
    current = torch.tensor([c["now"] for c in known["cards"]])
    assert (~past.isnan()).any(), "the search took a reward at scale 6"
    # The comparison follows the board in a request of its own.
    page.wait_for_selector("#duel .duel")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    for lam in (0.0, 2.5, 50.0):
        set_slider(page, '[data-do="lambda"]', lam)
        for kind in POTENTIALS:
            expected = probabilities(potential(kind, past, current), lam).numpy()
            np.testing.assert_allclose(shown(page, kind), expected, atol=0.0051)
        own = probabilities(potential(known["kind"], past, current), lam).numpy()
        on_cards = page.locator(".card .pr").all_text_contents()
        np.testing.assert_allclose([float(t.rstrip("%")) / 100 for t in on_cards], own, atol=0.0051)
        expect(page.locator(".lamslide .thumb")).to_have_text(f"{lam:g}")
        assert float(page.locator(".effective").text_content() or "") == pytest.approx(1 / (own**2).sum(), abs=0.051)
    assert [url for url in sent if "/queue/join" in url] == [], "nothing is asked of the server"


def test_the_tab_of_reasons_follows_the_decision_until_a_person_opens_another_one(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    assert page.locator("#tabs [role=tab]:visible").all_text_contents() == tab_titles(), "none lies behind a menu"
    expect(page.get_by_role("tab", name="Clusters")).to_have_attribute("aria-selected", "true")
    to_scale(page, 6)
    expect(page.get_by_role("tab", name="Resampling")).to_have_attribute("aria-selected", "true")
    set_slider(page, '[data-do="lambda"]', 0)
    page.locator('[data-do="onward"]').click()
    at_scale(page, 7)
    tab(page, "Cost")
    to_scale(page, 9)
    expect(page.get_by_role("tab", name="Cost")).to_have_attribute("aria-selected", "true")
    page.reload()
    expect(page.get_by_role("tab", name="Cost")).to_have_attribute("aria-selected", "true")


@DESK_AND_PHONE
def test_features_are_an_overlay_with_the_clustering_input_beside(page: Page) -> None:
    start(page)
    to_scale(page, 2)
    tab(page, "Features")
    set_slider(page, '[data-do="blend"]', 25)
    assert page.locator("#features .map").first.evaluate("e => getComputedStyle(e).opacity") == "0.25"
    assert page.locator("#features img.input").count() == len(names(page)) == 8
    page.reload()
    tab(page, "Features")
    assert page.locator("#features .map").first.evaluate("e => getComputedStyle(e).opacity") == "0.25"


def test_cost_is_told_and_one_candidate_lights_up_everywhere(page: Page) -> None:
    start(page, seed=4242)  # nobody has drawn it: what is remembered costs nothing
    to_scale(page, 2)
    tab(page, "Cost")
    expect(page.locator(".price")).to_contain_text("Next, scale 3: 6 candidates")
    expect(page.locator("svg.curves")).to_have_count(2)
    label = page.locator("svg.curves").first.get_attribute("aria-label") or ""
    assert "raw" in label
    expect(page.locator("table.cost tbody tr")).to_have_count(6)
    to_scale(page, 5)
    for name in ("Features", "Resampling", "Scores", "Clusters"):
        tab(page, name)
    name = names(page)[1]
    page.locator(".card .pic").nth(1).focus()
    for place in (".card", "#features figure", "#resampling [role=row]", "#scores circle", "#lineage g", "#clusters g"):
        assert page.locator(f'{place}.lit[data-name="{name}"]').count() >= 1, place
        assert page.locator(f'{place}.lit:not([data-name="{name}"])').count() == 0, place
