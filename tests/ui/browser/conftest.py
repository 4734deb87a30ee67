"""Visitors in Chromium, over the app in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from served import CHROMIUM, FLAGS, PATIENCE, Server
from steps import DESK, View

expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """One server a model, started when it is first asked for."""
    started: dict[str, Server] = {}

    def of(model: str) -> Server:
        if model not in started:
            started[model] = Server(tmp_path_factory.mktemp("runs"), model)
            started[model].start()
        return started[model]

    yield of
    for server in started.values():
        server.stop()


@pytest.fixture
def server(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Server:
    """Over the fake model, which answers at once; over another model where a test is marked `model(name)`."""
    mark = request.node.get_closest_marker("model")
    return servers(mark.args[0] if mark else "fake")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def view() -> View:
    """Where the page is seen: at a desk by day, unless a test asks for others."""
    return DESK


@pytest.fixture
def page(request: pytest.FixtureRequest, chromium: Browser, server: Server, view: View) -> Iterator[Page]:
    """A fresh visitor; any error of the page's scripts, or request elsewhere, fails the test.

    Nothing moves for its own sake, which saves time and leaves nothing half way, unless a test is marked `moving`.
    """
    motion = "no-preference" if request.node.get_closest_marker("moving") else "reduce"
    context = chromium.new_context(**view.settings(), reduced_motion=motion, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    visitor = context.new_page()
    errors: list[str] = []
    strange: list[str] = []
    visitor.on("pageerror", lambda error: errors.append(str(error)))
    visitor.on("request", lambda r: None if r.url.startswith((server.url, "data:", "blob:")) else strange.append(r.url))
    visitor.goto(server.url)
    visitor.wait_for_selector("#go")
    assert visitor.evaluate("document.body.classList.contains('dark')") == (view.scheme == "dark")
    yield visitor
    context.close()
    assert errors == []
    assert strange == []
