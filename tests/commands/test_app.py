"""`ttsvar app`: it serves the page, as the environment and the flags say."""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from engine_fakes import page_engine
from golden_cases import ROOT

from ttsvar.commands import app
from ttsvar.commands.cli import main
from ttsvar.errors import ConfigError
from ttsvar.families.load import LoadSettings
from ui.app import Explorer

HAS_MCP = importlib.util.find_spec("mcp") is not None
Serve = Callable[..., Explorer]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """The whole command over an engine that needs no weights; it returns instead of waiting for Ctrl+C."""
    started: list[Explorer] = []
    launch = Explorer.launch

    def launched(demo: Explorer, **settings: object) -> object:
        started.append(demo)
        return launch(demo, prevent_thread_lock=True, **{**settings, "server_port": None})

    monkeypatch.setattr(Explorer, "launch", launched)
    monkeypatch.setattr("ttsvar.families.load.load", lambda *_, **__: page_engine())
    before = signal.getsignal(signal.SIGTERM)

    def run(*flags: str) -> Explorer:
        assert main(["app", "--runs-dir", str(tmp_path), *flags]) == 0
        return started[-1]

    yield run
    signal.signal(signal.SIGTERM, before)
    for demo in started:
        demo.close()


def mcp_tools(demo: Explorer) -> list[str]:
    """Names of the tools that the page serves; none where it serves no MCP."""
    try:
        with urllib.request.urlopen(f"{demo.local_url}gradio_api/mcp/schema", timeout=20) as answer:
            return sorted(tool["name"] for tool in json.load(answer))
    except urllib.error.HTTPError:
        return []


@pytest.mark.slow
@pytest.mark.skipif(not HAS_MCP, reason="mcp is not installed (requirements-mcp.txt)")
@pytest.mark.parametrize(
    ("environment", "flags", "served"), [("True", (), True), ("", (), False), ("", ("--mcp",), True)]
)
def test_mcp_is_switched_on_by_a_flag_or_as_a_space_does(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, environment: str, flags: tuple[str, ...], served: bool
) -> None:
    monkeypatch.setenv("GRADIO_MCP_SERVER", environment)
    demo = serve(*flags)
    assert mcp_tools(demo) == (
        ["again", "begin", "card", "cross", "image", "redraw", "rewind", "select", "step"] if served else []
    )


def test_mcp_without_its_package_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "mcp" else found(name, *more))
    assert main(["app", "--mcp"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("ttsvar: MCP tools need the package mcp")
    assert err.count("\n") == 1
    assert "ttsvar-explorer[mcp]" in err


def test_the_page_of_the_repository_is_found_from_any_folder(tmp_path: Path) -> None:
    """A stranger's `ui` in the folder at hand is not taken for ours."""
    (tmp_path / "ui.py").write_text("raise SystemExit('not ours')")
    say = "from ttsvar.commands.app import page_module; print(page_module('shell.network').__file__)"
    command = [sys.executable, "-c", f"import sys; sys.path.append({str(ROOT)!r}); {say}"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert Path(answer.stdout.strip()) == ROOT / "ui" / "shell" / "network.py", answer.stderr


def test_the_signal_to_end_is_obeyed_though_something_is_being_computed() -> None:
    code = (
        "import signal, threading, time; from ttsvar.commands import app; app.GRACE = 0.3;"
        "signal.signal(signal.SIGTERM, app.end); threading.Thread(target=time.sleep, args=(90,)).start();"
        "print('on', flush=True); time.sleep(90)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"on\n"
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.slow
def test_the_script_of_a_space_is_the_same_command() -> None:
    words = [sys.executable, "app.py", "--model", "infinity-9b"]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr.startswith("ttsvar: There is no model named 'infinity-9b'")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize("on_zerogpu", [True, False])
def test_on_zerogpu_judges_and_extractors_are_loaded_before_the_page_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_zerogpu: bool
) -> None:
    asked: list[LoadSettings] = []

    def stop(_name: str, *, settings: LoadSettings, **_: object) -> None:
        asked.append(settings)
        raise ConfigError("far enough")

    monkeypatch.setattr("ttsvar.families.load.load", stop)
    if on_zerogpu:
        spaces = ModuleType("spaces")
        spaces.__spec__ = ModuleSpec("spaces", None)
        monkeypatch.setitem(sys.modules, "spaces", spaces)
    before = signal.getsignal(signal.SIGTERM)
    assert main(["app", "--runs-dir", str(tmp_path)]) == 2
    signal.signal(signal.SIGTERM, before)
    assert [settings.whole for settings in asked] == [on_zerogpu]


def test_a_package_without_its_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "PAGE_IN_REPOSITORY", "nowhere")
    with pytest.raises(Exception, match="There is no page in"):
        app.page_module()
