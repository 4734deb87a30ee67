"""What takes seconds to import is imported when it is first needed, so that the page does not wait for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from golden_cases import ROOT

LATE = {"transformers", "sklearn", "umap", "numba", "plotly", "scipy", "torchvision", "mcp", "playwright"}


def at_start(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run when a module is imported: not those of functions, nor those for type checkers."""
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield node
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from at_start(node.orelse)
            case ast.If() | ast.With() | ast.ClassDef():
                yield from at_start(node.body)
            case ast.Try():
                yield from at_start(node.body)


def names(file: Path) -> Iterator[str]:
    """Dotted names that a file's import may load, relative ones made whole."""
    parts = file.relative_to(ROOT).parts[:-1]
    for node in at_start(ast.parse(file.read_text(encoding="utf-8")).body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            above = parts[: len(parts) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def files(name: str) -> Iterator[Path]:
    """The files of ours that importing a dotted name runs."""
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:depth])
        yield from (path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file())


def reached(*first: str) -> dict[Path, set[str]]:
    """Every file of ours that is run when these modules are imported, with the names that it imports."""
    found: dict[Path, set[str]] = {}
    waiting = [file for name in first for file in files(name)]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found[file] = set(names(file))
            waiting += [other for name in found[file] for other in files(name)]
    return found


@pytest.mark.slow
def test_what_takes_long_to_import_waits_until_it_is_needed() -> None:
    runs = reached("ui.app", "ttsvar.families.load", "ttsvar.engine.loop", "ttsvar.commands.cli")
    assert {ROOT / "ui" / "page.py", ROOT / "ttsvar" / "families" / "infinity" / "flan_t5.py"} <= set(runs)
    early = {str(file.relative_to(ROOT)): LATE & {name.split(".")[0] for name in own} for file, own in runs.items()}
    assert {file: late for file, late in early.items() if late} == {}
