"""`ttsvar app`: load a model and serve the page over it until interrupted."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from ttsvar.commands.flags import add_loading_flags, add_reward_flag, load_settings
from ttsvar.commands.waiting import Doing, waiting_page
from ttsvar.errors import ConfigError

HELP = "watch, understand and overrule a search in the browser, scale by scale"
PAGE_INSTALLED = "ttsvar.ui"
"""The page in an installed package: nothing called `ui` lies at the top of site-packages."""
PAGE_IN_REPOSITORY = "ui"
GRACE = 2.0
"""Seconds that an orderly end may take."""


def add(parser: argparse.ArgumentParser) -> None:
    """Flags of the app; a Space sets the environment variables that some of them default to."""
    add_loading_flags(parser, model=os.environ.get("TTSVAR_MODEL", "toybox"))
    add_reward_flag(parser)
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    parser.add_argument("--host", default=host, help=f"0.0.0.0 opens it to the network (default: {host})")
    names = "a name under which the page is reached, or of a page that may embed it (again for more; TTSVAR_HOSTS)"
    parser.add_argument("--allow-host", metavar="NAME", action="append", default=[], help=names)
    parser.add_argument("--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", "7860")))
    runs = Path(os.environ.get("TTSVAR_RUNS", "runs"))
    parser.add_argument("--runs-dir", type=Path, default=runs, help=f"where runs are kept (default: {runs})")
    parser.add_argument("--ttl-days", type=float, default=7.0, help="days until an untouched run is deleted")
    parser.add_argument("--disk-gb", type=float, default=10.0, help="runs on disk; beyond it the oldest are deleted")
    parser.add_argument("--memory-gb", type=float, default=1.0, help="runs in memory; beyond it caches are dropped")
    room = "for a class: what several begin with one prompt, settings and seed is drawn once, up to their own choices"
    parser.add_argument("--room", action="store_true", help=room)
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    mcp = "serve the API as MCP tools, too, at /gradio_api/mcp/ (default: where GRADIO_MCP_SERVER is true)"
    parser.add_argument("--mcp", action="store_true", default=_mcp_by_environment(), help=mcp)


def run(arguments: argparse.Namespace) -> None:
    """Load the model and serve the page; ConfigError where the page or what it needs is not installed."""
    if arguments.mcp and importlib.util.find_spec("mcp") is None:
        raise ConfigError(
            'MCP tools need the package mcp: pip install "ttsvar-explorer[mcp]", or -r requirements-mcp.txt.'
        )
    signal.signal(signal.SIGTERM, end)
    with waiting_page(arguments.host, arguments.port) as doing:
        demo = _built(arguments, doing)
    demo.launch(
        server_name=arguments.host,
        server_port=arguments.port,
        inbrowser=arguments.open,
        mcp_server=arguments.mcp,
        allow_hosts=[arguments.host, *arguments.allow_host],
    )


def _built(arguments: argparse.Namespace, doing: Doing) -> Any:
    """The app over its model, which both take seconds, and up to minutes where weights are fetched."""
    zerogpu = importlib.util.find_spec("spaces") is not None
    if zerogpu:
        # ZeroGPU's package stands in for a GPU, and must do so before torch looks for one.
        importlib.import_module("spaces")
    import ttsvar
    from ttsvar.engine.executor import on_zerogpu

    page, network = page_module(), page_module("shell.network")
    doing(f"Loading the model {ascii(Path(arguments.model).name)[1:-1]}")
    # A lent call runs in a copy of this process: only what is loaded before the page is served is there in every call.
    settings = replace(load_settings(arguments), whole=zerogpu)
    engine = ttsvar.load(arguments.model, settings=settings, say=lambda text: print(text, flush=True))
    doing("Laying out the page")
    limits = page_module("session.upkeep").Limits(
        seconds=arguments.ttl_days * 86400,
        disk_bytes=int(arguments.disk_gb * 1024**3),
        memory_bytes=int(arguments.memory_gb * 1024**3),
    )
    demo = page.create_app(
        on_zerogpu(engine),
        runs_dir=arguments.runs_dir,
        limits=limits,
        reward=arguments.reward,
        weights=arguments.weights,
        room=arguments.room,
    )
    here = network.addresses(arguments.host, arguments.port)
    demo.classroom.address = here[-1]
    print(f"TTS-VAR Explorer: {'  and  '.join(here)}  (Ctrl+C stops it)", flush=True)
    print(f"A class looks at: {here[-1]}/class", flush=True)
    return demo


def end(*_: object) -> None:
    """End in order, and in any case soon, whatever is being computed.

    What was answered is on disk, so nothing is lost by leaving a scale half drawn.
    """
    late = threading.Timer(GRACE, os._exit, (0,))
    late.daemon = True
    late.start()
    sys.exit(0)


def page_module(name: str = "") -> ModuleType:
    """The page, or a module of it such as `shell.network`, wherever it lies: in the package, or in the repository.

    This is the one place of the package that leads to the page, and it does so by name: everything else works
    without Gradio. Raises ConfigError where there is no page.
    """
    root = Path(__file__).resolve().parents[2]
    if importlib.util.find_spec(PAGE_INSTALLED):
        package = PAGE_INSTALLED
    elif (root / PAGE_IN_REPOSITORY / "app.py").is_file():
        package = PAGE_IN_REPOSITORY
        sys.path.insert(0, str(root))  # before a folder of that name where the command was started
    else:
        raise ConfigError(f"There is no page in {root}; install the project again, or run it in its repository.")
    return importlib.import_module(f"{package}.{name}" if name else package)


def _mcp_by_environment() -> bool:
    """What Gradio would decide by itself: a Space whose settings say so serves its API as MCP tools."""
    return os.environ.get("GRADIO_MCP_SERVER", "").lower() == "true"
