"""The command line: one table of commands, and how their errors reach the caller."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from ttsvar.commands import (
    agreement,
    app,
    article,
    compbench,
    conformance,
    draw,
    evaluate,
    generate,
    geneval,
    models,
    populations,
    prompts,
    redraw,
    replay,
    report,
    sheet,
    train,
)
from ttsvar.errors import TTSVarError
from ttsvar.threads import let_waiting_threads_sleep
from ttsvar.version import VERSION


class Command(Protocol):
    """What a module of this folder offers. It imports torch, models and the page in `run`: `--help` does not wait."""

    @property
    def HELP(self) -> str:  # noqa: N802  (a constant of the module)
        """One line in the list of commands."""
        ...

    def add(self, parser: argparse.ArgumentParser, /) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: argparse.Namespace, /) -> None:
        """Do it; raises TTSVarError where the caller can mend what is wrong."""


COMMANDS: Mapping[str, Command] = {
    "app": app,
    "article": article,
    "generate": generate,
    "replay": replay,
    "redraw": redraw,
    "models": models,
    "conformance": conformance,
    "train": train,
    "evaluate": evaluate,
    "report": report,
    "geneval": geneval,
    "agreement": agreement,
    "compbench": compbench,
    "draw": draw,
    "prompts": prompts,
    "populations": populations,
    "sheet": sheet,
}
"""Every command, in the order of the help; a new one is a module and a row."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 2 with one line on standard error where the caller can mend it."""
    let_waiting_threads_sleep()
    words = sys.argv[1:] if argv is None else argv
    arguments = command_line(words).parse_args(words)
    try:
        arguments.run(arguments)
    except TTSVarError as error:
        print(f"ttsvar: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ttsvar: stopped.", file=sys.stderr)
        return 130
    return 0


def command_line(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of every command; what it parses has the command's `run`.

    Only the command that the words ask for lists its arguments: naming every search takes seconds of imports.
    """
    parser = argparse.ArgumentParser(prog="ttsvar", description="Test-time scaling of visual autoregressive models.")
    parser.add_argument("--version", action="version", version=f"ttsvar {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="command")
    asked = next((word for word in words if not word.startswith("-")), None)
    for name, command in COMMANDS.items():
        its_parser = commands.add_parser(name, help=command.HELP)
        if name == asked:
            command.add(its_parser)
        its_parser.set_defaults(run=command.run)
    return parser
