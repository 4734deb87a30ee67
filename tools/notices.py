"""The table of third-party packages that the container ships, from the lock and what each package says of itself.

python -m tools.notices        # writes docs/notices.md; tests/test_notices.py says when that is due
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "notices.md"
LOCK = ROOT / "requirements.lock"
HEAD = """# Third-party notices

What the container of `Dockerfile` installs beside this project, as locked in `requirements.lock`, with the licence
that each package states. The texts are in the image, in `/opt/venv/lib/python3.11/site-packages/*.dist-info/`.
`python -m tools.notices` writes this page. Where the project's own pictures, weights and class names come from is in
the README, in `assets/toybox/README.md` and in `docs/icons.md` (Microsoft's Fluent Emoji, MIT).

| package | version | licence |
|---|---|---|
"""
LONGEST = 60
"""Letters of a licence; some packages put the whole text there."""


def locked() -> dict[str, str]:
    """Name and version of every package in the lock, and torch, which the image takes from its own index."""
    pairs = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    torch = re.search(r"^torch==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    found = {**dict(pairs), **({"torch": torch[1]} if torch else {})}
    return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))


def licence(package: Distribution) -> str:
    """The licence that a package states: as an expression, as a classifier, or in words."""
    stated = package.metadata.get_all("License-Expression")
    if stated:
        return stated[0]
    classes = [c.split(" :: ")[-1] for c in package.metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    own = (package.metadata.get_all("License") or [""])[0].strip().splitlines()
    words = ", ".join(dict.fromkeys(c for c in classes if c != "OSI Approved")) or (own[0] if own else "")
    return words[:LONGEST] or "stated in its files"


def page() -> str:
    """The page; a package that is not installed here keeps what the page says of it already."""
    before = dict(re.findall(r"^\| (\S+) \| \S+ \| (.+) \|$", _kept(), re.MULTILINE))
    rows = []
    for name, version in locked().items():
        try:
            said = licence(distribution(name))
        except PackageNotFoundError:
            said = before.get(name, "not looked up")
        rows.append(f"| {name} | {version} | {said.replace('|', '/')} |\n")
    return HEAD + "".join(rows)


def _kept() -> str:
    return PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
