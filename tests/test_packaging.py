"""One set of dependencies: what pyproject accepts, what the requirements pin and what the lock holds agree."""

from __future__ import annotations

import re
import tomllib

import pytest
from golden_cases import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ttsvar.version import VERSION

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
OWN = canonicalize_name(PROJECT["name"])


def pins(name: str) -> dict[str, str]:
    """Package to version in one requirements file; fails on a line that pins nothing."""
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if not line or line.startswith("-r "):
            continue
        exact = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([0-9][^\s;]*)", line)
        assert exact, f"{name}: {line!r} is no exact pin"
        found[canonicalize_name(exact[1])] = exact[2]
    return found


def disagreements(accepted: list[str], pinned: dict[str, str]) -> list[str]:
    """What pyproject accepts and a file does not pin to a release within it, and what it pins beside that."""
    wanted = {canonicalize_name(r.name): r for r in map(Requirement, accepted) if canonicalize_name(r.name) != OWN}
    outside = [f"{r} is not {pinned.get(n)}" for n, r in wanted.items() if not r.specifier.contains(pinned.get(n, "0"))]
    return outside + [f"{name} is pinned but not asked for" for name in sorted(set(pinned) - set(wanted))]


def test_requirements_pin_a_release_of_everything_that_an_installation_asks_for() -> None:
    assert disagreements(PROJECT["dependencies"], pins("requirements.txt")) == []


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_every_extra_has_its_pins(extra: str) -> None:
    assert disagreements(EXTRAS[extra], pins(f"requirements-{extra}.txt")) == []


def test_the_lock_holds_every_tested_release_by_hash_and_leaves_torch_to_the_chosen_index() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(
        r"^([a-z0-9.-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^[a-z]", text, re.MULTILINE)), "an entry has no hash"
    locked = {canonicalize_name(name): version for name, version, _ in entries}
    tested = pins("requirements.txt") | pins("requirements-mcp.txt")
    del tested["torch"]
    assert tested.items() <= locked.items()
    assert "torch" not in locked
    assert {"sympy", "networkx", "jinja2"} <= set(locked), "what torch itself asks for"


def test_an_index_is_named_only_where_a_user_chooses_one() -> None:
    index = re.compile(r"--(extra-)?index-url|--find-links|pypi\.org/simple|download\.pytorch\.org/whl")
    files = [*ROOT.glob("requirements*"), *ROOT.glob("*.toml"), ROOT / "Makefile", *(ROOT / ".ci").iterdir()]
    assert [f.name for f in files if index.search(f.read_text(encoding="utf-8"))] == []
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    commands = [line for line in dockerfile.splitlines() if not line.startswith(("#", "ARG TORCH_INDEX="))]
    assert not [line for line in commands if index.search(line) and "${TORCH_INDEX}" not in line]


def test_the_version_is_one() -> None:
    assert PROJECT["dynamic"] == ["version"]
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
