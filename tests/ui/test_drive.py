"""examples/drive.py against a live app, and the app's endpoints as MCP tools."""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT

from examples.drive import drive
from ttsvar.storage.png import read_recipe
from ui import create_app
from ui.app import Explorer
from ui.shell.quirks import LightBlocks, Mailboxes

ENDPOINTS = ["/again", "/begin", "/card", "/cross", "/image", "/redraw", "/rewind", "/select", "/step"]
HAS_MCP = importlib.util.find_spec("mcp") is not None


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explorer]:
    demo = create_app(page_engine(), runs_dir=tmp_path_factory.mktemp("runs"))
    demo.launch(prevent_thread_lock=True, mcp_server=HAS_MCP)
    yield demo
    demo.close()


@pytest.mark.slow
def test_the_example_drives_a_whole_search(app: Explorer, tmp_path: Path) -> None:
    out = tmp_path / "best.png"
    assert app.local_url is not None
    run = drive(app.local_url, PROMPT, str(out))
    recipe = read_recipe(out.read_bytes())
    assert recipe.run.prompt == PROMPT
    assert [len(c) for c in recipe.choices] == [8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1, 1]
    assert len(run) == 10


@pytest.mark.slow
def test_pages_travel_compressed(app: Explorer) -> None:
    for path in ("", "evidence"):
        asked = urllib.request.Request(f"{app.local_url}{path}", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(asked) as answer:
            packed = answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(packed) < len(gzip.decompress(packed)) / 2


def test_no_press_on_the_page_is_dropped_while_another_is_answered(app: Explorer) -> None:
    private = [event for event in app.get_config_file().get("dependencies", []) if event["api_visibility"] == "private"]
    modes = [(name, event["trigger_mode"]) for event in private for _, name in event["targets"]]
    assert {"act", "click", "select", "choose"} <= {name for name, _ in modes}
    assert {name for name, mode in modes if mode == "once"} <= {"load", "unload", "tick"}, "Gradio drops presses"


def test_the_app_that_is_served_keeps_its_sessions_light(app: Explorer) -> None:
    assert isinstance(app.default_config, LightBlocks)
    assert isinstance(app._queue.pending_messages_per_session, Mailboxes), "launching must not put another in its place"


def test_the_api_page_lists_the_endpoints_with_their_types(app: Explorer) -> None:
    info = app.get_api_info()
    assert info is not None
    assert sorted(info["named_endpoints"]) == ENDPOINTS
    begin = info["named_endpoints"]["/begin"]
    names = {p["parameter_name"]: p["type"] for p in begin["parameters"]}
    assert list(names) == ["prompt", "search", "n", "seed", "settings"]
    assert names["seed"] == {"type": "integer"}
    assert "Begin a run" in begin.get("description", "")


@pytest.mark.skipif(not HAS_MCP, reason="mcp is not installed (requirements-mcp.txt)")
def test_the_endpoints_are_mcp_tools(app: Explorer) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def talk() -> tuple[list[str], str]:
        async with (
            streamable_http_client(f"{app.local_url}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = await session.list_tools()
            answer = await session.call_tool("begin", {"prompt": PROMPT})
            return [tool.name for tool in tools.tools], answer.content[0].text  # type: ignore[union-attr]

    # In a thread of its own: Playwright's loop may be running in this one.
    with ThreadPoolExecutor(1) as thread:
        tools, answer = thread.submit(asyncio.run, talk()).result()
    assert sorted(tools) == [name.strip("/") for name in ENDPOINTS]
    assert "run_id" in answer
