"""`ttsvar article`: the article of /learn as a folder that any file server, or a browser alone, can show."""

from __future__ import annotations

import argparse
from pathlib import Path

from ttsvar.commands.app import page_module
from ttsvar.storage.outputs import prepare

HELP = "write the article of the page /learn as static files"


def add(parser: argparse.ArgumentParser) -> None:
    """Where to, and where the app is."""
    parser.add_argument("--out", type=Path, required=True, help="the folder to write; made where there is none")
    parser.add_argument("--app", default="", help="address of a running app, which the figures then lead to")


def run(arguments: argparse.Namespace) -> None:
    """Write one HTML file that asks for nothing else."""
    learn = page_module("pages.learn.page")
    app = f"{arguments.app.rstrip('/')}/" if arguments.app else ""
    path = arguments.out / learn.FILE
    prepare(path)
    path.write_text(learn.article(app), encoding="utf-8")
    print(f"wrote {path}: open it in a browser")
