"""The app: `python app.py` serves the explorer on this machine."""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import sys
from pathlib import Path

from ttsvar.commands.flags import add_loading_flags, add_reward_flag, load_settings


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the flags; a Space sets the environment variables that some of them default to."""
    parser = argparse.ArgumentParser(description="Watch, understand and overrule a search, scale by scale.")
    add_loading_flags(parser, model=os.environ.get("TTSVAR_MODEL", "toybox"))
    add_reward_flag(parser)
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    parser.add_argument("--host", default=host, help=f"0.0.0.0 opens it to the network (default: {host})")
    parser.add_argument("--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", "7860")))
    runs = Path(os.environ.get("TTSVAR_RUNS", "runs"))
    parser.add_argument("--runs-dir", type=Path, default=runs, help=f"where runs are kept (default: {runs})")
    parser.add_argument("--ttl-days", type=float, default=7.0, help="days until an untouched run is deleted")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    parser.add_argument("--mcp", action="store_true", help="serve the API as MCP tools, too, at /gradio_api/mcp/")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Load the model and serve the page until interrupted."""
    args = parse(argv)
    if args.mcp and importlib.util.find_spec("mcp") is None:
        sys.exit("app: --mcp needs the package mcp; install it with: pip install -r requirements-mcp.txt")
    # An orderly exit ends the process that runs UMAP, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if importlib.util.find_spec("spaces"):
        # ZeroGPU's package stands in for a GPU, and must do so before torch looks for one.
        importlib.import_module("spaces")
    import ttsvar
    from ttsvar.engine.executor import on_zerogpu
    from ttsvar.errors import TTSVarError
    from ui import create_app
    from ui.shell.network import addresses

    try:
        engine = ttsvar.load(args.model, settings=load_settings(args), say=lambda text: print(text, flush=True))
    except TTSVarError as error:
        sys.exit(f"ttsvar: {error}")
    demo = create_app(
        on_zerogpu(engine),
        runs_dir=args.runs_dir,
        ttl=args.ttl_days * 86400,
        reward=args.reward,
        weights=args.weights,
    )
    here = addresses(args.host, args.port)
    demo.classroom.address = here[-1]
    print(f"TTS-VAR Explorer: {'  and  '.join(here)}  (Ctrl+C stops it)", flush=True)
    print(f"A class looks at: {here[-1]}/class", flush=True)
    demo.launch(server_name=args.host, server_port=args.port, inbrowser=args.open, mcp_server=args.mcp)


if __name__ == "__main__":
    main()
