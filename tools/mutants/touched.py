"""Which tests run through which lines: found once, on the code as it is, so that a mutant meets only those."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from .operators import Mutant
from .rooms import ROOT


@dataclass(frozen=True)
class Touched:
    """Lines by test, seconds by test, and lines that are run for several: on import, or for a shared fixture."""

    lines: dict[str, set[tuple[str, int]]]
    seconds: dict[str, float]
    shared: set[tuple[str, int]]

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Ids of the tests that a mutant can change, the quickest first."""
        changed = {(mutant.path, line) for line in range(mutant.lines[0], mutant.lines[1] + 1)}
        common = mutant.at_import or changed & self.shared
        found = [test for test, lines in self.lines.items() if common or changed & lines]
        return sorted(found, key=lambda test: self.seconds[test])

    def save(self, path: Path) -> None:
        """Write for the process that asked."""
        lines = {test: sorted(found) for test, found in self.lines.items()}
        path.write_text(json.dumps({"lines": lines, "seconds": self.seconds, "shared": sorted(self.shared)}))

    @staticmethod
    def read(path: Path) -> Touched:
        """What `save` wrote."""
        kept = json.loads(path.read_text())
        lines = {test: {(name, line) for name, line in found} for test, found in kept["lines"].items()}
        return Touched(lines, kept["seconds"], {(name, line) for name, line in kept["shared"]})


@dataclass(eq=False)
class Recorder:
    """A pytest plugin that follows the lines of some files, given by their paths from the root."""

    files: list[str]
    found: Touched = field(default_factory=lambda: Touched({}, {}, set()))
    now: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = {str(ROOT / path): path for path in self.files}

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        """For `sys.settrace`: go into our files alone."""
        name = self.names.get(frame.f_code.co_filename)
        if name is None:
            return None

        def step(inner: FrameType, event: str, argument: Any) -> Any:
            self.now.add((name, inner.f_lineno))
            return step

        return step

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Keep what one test runs through, its own fixtures included."""
        self.now, began = set(), time.monotonic()
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        yield
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        self.found.lines[item.nodeid] = self.now
        self.found.seconds[item.nodeid] = time.monotonic() - began

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        """What a shared fixture runs through is of importance to every test."""
        before = set(self.now)
        yield
        if fixturedef.scope != "function":
            self.found.shared.update(self.now - before)


class Chosen:
    """A pytest plugin that runs some tests of those collected, in an order of its own."""

    def __init__(self, tests: list[str]) -> None:
        self.order = {test: place for place, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep and sort."""
        items[:] = sorted((i for i in items if i.nodeid in self.order), key=lambda i: self.order[i.nodeid])
