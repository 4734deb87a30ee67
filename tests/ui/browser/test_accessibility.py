"""axe-core's rules on the main states, alternative texts, and stillness for those who want it."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect
from served import ROOT
from steps import DESK_AND_PHONE, advanced, compare, finished, overrule, press, start, tab_titles, to_scale

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """async (part) => {
  const serious = (found) => found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' | ')}`);
  const whole = serious(await axe.run(part || document, { resultTypes: ['violations'] }));
  const turn = window.ttsvar?.toggleTheme || (() => document.documentElement.classList.toggle('dark'));
  turn();
  const colors = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
  const other = serious(await axe.run(part || document, { resultTypes: ['violations'], runOnly: colors }));
  turn();
  return [...whole, ...other.map(v => `in the other theme: ${v}`)];
}"""
"""Every rule in the view's theme, and those of colours in the other one: with a desk and a phone, all four views.

Given a selector it looks at that part alone: a state is looked at where it differs from the one before.
"""
WITHOUT_CHARTS = "() => document.querySelectorAll('.js-plotly-plot').forEach((e) => e.remove())"
"""What is inside a chart is plotly's: a thousand elements, which axe reads slowly."""


needs_axe = pytest.mark.skipif(
    not AXE.is_file() and "CI" not in os.environ, reason="axe-core is not installed: run `npm ci`"
)


@needs_axe
@DESK_AND_PHONE
def test_axe_finds_nothing_serious(page: Page) -> None:
    page.add_script_tag(path=AXE)
    found = {"welcome": page.evaluate(CHECK)}
    page.locator("#prompt textarea").fill("a photo of three cobalt balls")
    advanced(page)
    page.wait_for_selector("#prompt-note mark")
    found["set-up"] = page.evaluate(CHECK, "#rail")
    start(page)
    to_scale(page, 6)
    found["board"] = page.evaluate(CHECK)
    for tab in tab_titles():
        page.get_by_role("tab", name=tab).click()
        found[tab] = page.evaluate(CHECK, "#tabs")
    page.locator(".card .zoom").first.click()
    page.wait_for_selector("dialog.zoomed")
    found["large view"] = page.evaluate(CHECK, "dialog.zoomed")
    page.keyboard.press("Escape")
    page.locator(".flow g.nd").nth(9).click()
    page.wait_for_selector(".peek:not([hidden]) h4")
    found["lineage"] = page.evaluate(CHECK, ".peek:not([hidden])")
    overrule(page)
    compare(page)
    found["duel"] = page.evaluate(CHECK, "#main")
    press(page, "end")
    finished(page)
    found["end"] = page.evaluate(CHECK, "#main")
    page.locator(".more summary").click()
    page.locator('.more [data-do="tour"]').click()
    page.wait_for_selector(".tour:not([hidden]) h2")
    found["tour"] = page.evaluate(CHECK, ".tour")
    page.locator('[data-tour="end"]').click()
    assert found == {state: [] for state in found}
    assert page.evaluate("[...document.images].filter(i => !i.hasAttribute('alt')).length") == 0


@needs_axe
@DESK_AND_PHONE
def test_axe_finds_nothing_serious_on_the_pages_beside(page: Page) -> None:
    base = page.url.split("?")[0]
    found = {}
    page.goto(f"{base}class")
    page.wait_for_selector(".class h2")
    page.add_script_tag(path=AXE)
    found["class"] = page.evaluate(CHECK)
    page.goto(f"{base}evidence")
    page.wait_for_selector("#headline .js-plotly-plot")
    page.evaluate(WITHOUT_CHARTS)
    page.add_script_tag(path=AXE)
    found["evidence"] = page.evaluate(CHECK)
    for name, ready in (("learn", "[data-figure=cost] svg"), ("guess", "#play .pick")):
        page.goto(f"{base}{name}")
        page.wait_for_selector(ready)
        page.add_script_tag(path=AXE)
        found[name] = page.evaluate(CHECK)
    assert found == {state: [] for state in found}


@needs_axe
@DESK_AND_PHONE
@pytest.mark.model("toybox")
def test_axe_finds_nothing_serious_in_a_recorded_run(page: Page) -> None:
    page.add_script_tag(path=AXE)
    page.locator(".recorded button").first.click()
    page.wait_for_selector(".stage.board .story h2")
    assert page.evaluate(CHECK) == []


def test_reduced_motion_is_respected(page: Page) -> None:
    start(page)
    moving = page.evaluate("document.getAnimations().filter(a => a.playState === 'running').length")
    assert moving == 0
    expect(page.locator(".step .now button")).to_have_css("animation-name", "none")
