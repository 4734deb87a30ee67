"""Imports point one way between the rooms of the house."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from golden_cases import ROOT

ROOMS = (
    "vocabulary", "weights", "nn", "features", "rewards", "search", "engine", "storage", "families", "toybox",
    "evaluation", "commands",
)  # fmt: skip
"""A room may import those before it. The vocabulary is the modules at the root of the package."""
PAGE_ROOMS = ("shell", "session", "scene", "panels", "setup", "files", "guide", "pages")
"""The same for the folders of ui/; the modules at its root put the page together and may import them all."""
PUBLIC_FACE = ("ttsvar/__init__.py", "ttsvar/__main__.py")
"""What users import and run; it leads everywhere and nothing leads to it."""


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a file imports, relative ones made whole."""
    parts = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = parts[: len(parts) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room(name: str) -> str | None:
    """The room of a dotted name under `ttsvar`; None elsewhere."""
    package, _, rest = name.partition(".")
    if package != "ttsvar" or not rest:
        return None
    first = rest.split(".")[0]
    return first if first in ROOMS else "vocabulary"


@cache
def arrows() -> dict[tuple[str, str], set[str]]:
    """From room to room, with the files that import."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sorted((ROOT / "ttsvar").rglob("*.py")):
        file = str(path.relative_to(ROOT))
        here = room(file.removesuffix(".py").replace("/", "."))
        for name in imports(path):
            there = room(name)
            if file not in PUBLIC_FACE and here and there and here != there:
                found[here, there].add(file)
    return found


def test_every_folder_is_a_room_of_the_order():
    folders = {p.parent.name for p in (ROOT / "ttsvar").glob("*/__init__.py")}
    assert folders == set(ROOMS) - {"vocabulary"}


def test_no_import_points_upwards():
    upwards = {pair: files for pair, files in arrows().items() if ROOMS.index(pair[1]) > ROOMS.index(pair[0])}
    assert upwards == {}


def test_the_engine_knows_nothing_of_the_page():
    strange = {"ui", "gradio", "plotly", "umap"}
    for path in (ROOT / "ttsvar").rglob("*.py"):
        found = {name.split(".")[0] for name in imports(path)} & strange
        if "evaluation/report" in str(path):
            found -= {"plotly"}
        if "evaluation/populations" in str(path):
            found -= {"umap"}
        assert not found, f"{path.relative_to(ROOT)} imports {found}"


def test_the_page_computes_nothing_itself():
    for path in (ROOT / "ui").rglob("*.py"):
        strange = {"torch", "transformers", "umap"}
        assert not {name.split(".")[0] for name in imports(path)} & strange, path.relative_to(ROOT)


def page_room(name: str) -> str | None:
    """The folder of a dotted name under `ui`; None for what lies at its root, and elsewhere."""
    package, *rest = name.split(".")
    return rest[0] if package == "ui" and rest and rest[0] in PAGE_ROOMS else None


def test_every_folder_of_the_page_is_a_room_of_the_order():
    folders = {p.parent.name for p in (ROOT / "ui").glob("*/__init__.py")}
    assert folders == set(PAGE_ROOMS)


def test_no_import_of_the_page_points_upwards():
    upwards = set()
    for path in sorted((ROOT / "ui").rglob("*.py")):
        file = str(path.relative_to(ROOT))
        here = page_room(file.removesuffix(".py").replace("/", "."))
        for name in imports(path):
            there = page_room(name)
            root = name.startswith("ui.") and there is None
            if here and (root or (there and PAGE_ROOMS.index(there) > PAGE_ROOMS.index(here))):
                upwards.add(f"{file} imports {name}")
    assert upwards == set()


def test_panels_do_not_need_each_other_in_a_circle():
    folders = {p.parent.name for p in (ROOT / "ui" / "panels").glob("*/__init__.py")}
    needs: dict[str, set[str]] = {folder: set() for folder in folders}
    for folder in folders:
        for path in (ROOT / "ui" / "panels" / folder).rglob("*.py"):
            found = {name.split(".")[2] for name in imports(path) if name.startswith("ui.panels.")}
            needs[folder] |= (found & folders) - {folder}
    while free := {folder for folder, others in needs.items() if not others & set(needs)}:
        for folder in free:
            del needs[folder]
    assert needs == {}


MOST_LINES = 300
"""Of a file that people read: what is longer has two subjects."""


def written_files(*endings: str) -> list[Path]:
    """Files of the project's own folders with one of these endings."""
    folders = ("ttsvar", "ui", "tests", "tools", "benchmarks")
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in endings]


def test_no_file_is_too_long_to_read():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in written_files(".py", ".js", ".css")}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > MOST_LINES} == {}


def test_no_two_test_files_have_one_name():
    """Pytest imports them by their names alone."""
    names = Counter(path.name for path in written_files(".py") if path.name.startswith("test_"))
    assert [name for name, count in names.items() if count > 1] == []
