"""What the documents say of the repository: every path that they name is there, and every folder is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from golden_cases import ROOT

DOCUMENTS = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"])
TOP = ("ttsvar", "ui", "tests", "tools", "docs", "assets", "benchmarks", "examples")
SHORT = ("families/", "nn/", "panels/", "search/", "engine/", "storage/")
"""Beginnings of paths within `ttsvar/` or `ui/` that a guide may leave that out of."""
PATH = re.compile(rf"(?<![\w/.-])((?:{'|'.join(TOP)})/[\w./-]*[\w/])")


def named(text: str) -> Iterator[str]:
    """Paths in a text: those from a top folder, links, and short ones in backticks; NAME stands for anything."""
    yield from (path.removesuffix("NAME") for path in PATH.findall(text))
    yield from (link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link)
    yield from (span for span in re.findall(r"`([\w./-]+)`", text) if span.startswith(SHORT))


def tree() -> list[str]:
    """Every file and folder of the README's tree, as a path from the root."""
    block = re.search(r"## What every file is for.*?```\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block
    paths, above = [], [""]
    for line in block[1].splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        words = re.match(r"(?:[\w/-]+(?:\.\w+|/)(?: +|$))+", line.lstrip())
        assert words, line
        here = [above[depth] + word for word in words[0].split()]
        paths += here
        above[depth + 1 :] = [here[0]]
    return paths


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    places = (ROOT, document.parent, ROOT / "ttsvar", ROOT / "ui")
    paths = list(named(document.read_text(encoding="utf-8")))
    assert [path for path in paths if not any((place / path).exists() for place in places)] == []


def test_every_path_of_the_tree_is_there() -> None:
    assert [path for path in tree() if not (ROOT / path).exists()] == []


def test_the_tree_names_every_folder_and_every_module_at_the_root_of_the_package() -> None:
    folders = {ROOT / name for name in TOP}
    for package in ("ttsvar", "ui", "tools"):
        folders |= {path.parent for path in (ROOT / package).rglob("*.py")}
    wanted = {f"{folder.relative_to(ROOT)}/" for folder in folders}
    wanted |= {str(p.relative_to(ROOT)) for p in (ROOT / "ttsvar").glob("*.py") if not p.name.startswith("__")}
    listed = {path if path.endswith("/") or "." in path else f"{path}/" for path in tree()}
    within = {f"{parent}/" for path in listed for parent in Path(path).parents}
    assert sorted(wanted - listed - within) == []


def test_the_names_for_checks_from_outside_are_those_that_the_page_carries() -> None:
    rows = re.findall(
        r"^\| (`[\w`, -]+`) \|.*\| `(ui/[^`]+)` \|$", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE
    )
    listed = {(name, file) for names, file in rows for name in re.findall(r"`([\w-]+)`", names)}
    sources = [p for p in (ROOT / "ui").rglob("*") if p.suffix in (".py", ".html", ".js")]
    carried = {
        (name, str(path.relative_to(ROOT)))
        for path in sources
        for name in re.findall(r'data-testid="([\w-]+)"', path.read_text(encoding="utf-8"))
    }
    assert listed == carried
    promised = "hero card card-picture card-map bar stepper trust map film ending baseline share-card learn guess"
    assert set(promised.split()) <= {name for name, _ in listed}
