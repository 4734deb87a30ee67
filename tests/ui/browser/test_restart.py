"""A run survives the end of the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from served import Server
from steps import at_scale, finished, names, press, start, to_scale

pytestmark = pytest.mark.browser


@pytest.fixture
def own_server(server: Server, tmp_path: Path) -> Iterator[Server]:
    served = Server(tmp_path, server.model)
    served.start()
    yield served
    served.stop()


def test_a_run_survives_a_restart(chromium: Browser, own_server: Server) -> None:
    page: Page = chromium.new_page()
    page.goto(own_server.url)
    page.wait_for_selector("#go")
    start(page)
    to_scale(page, 5)
    cards = names(page)
    own_server.stop()
    own_server.start()
    page.reload()
    at_scale(page, 5)
    assert names(page) == cards
    press(page, "end")
    finished(page)
    page.close()
