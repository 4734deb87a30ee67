"""What is changed, and which tests should notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Room:
    """Files that are changed, and the files and folders of tests that answer for them; patterns under the root."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]

    def sources(self) -> list[str]:
        """Paths of the files, from the root."""
        return sorted(str(p.relative_to(ROOT)) for pattern in self.files for p in ROOT.glob(pattern))

    def tests_found(self) -> list[str]:
        """Paths of the test files and folders, from the root."""
        return [str(p.relative_to(ROOT)) for pattern in self.tests for p in sorted(ROOT.glob(pattern))]


ROOMS = (
    Room("search", ("ttsvar/search/*.py",), ("tests/search", "tests/engine/test_pinned_runs.py")),
    Room("schedule", ("ttsvar/schedule.py",), ("tests/test_schedule.py", "tests/test_config.py")),
    Room("sampling", ("ttsvar/sampling.py",), ("tests/test_sampling.py",)),
    Room("history", ("ttsvar/engine/history.py",), ("tests/engine/test_history.py", "tests/engine/test_turns.py")),
    Room(
        "png",
        ("ttsvar/storage/png.py",),
        ("tests/storage/test_png.py", "tests/storage/test_png_texts.py", "tests/storage/test_replay.py"),
    ),
    Room(
        "store",
        ("ttsvar/storage/runs.py", "ui/session/store.py"),
        (
            "tests/storage/test_runs.py",
            "tests/storage/test_run_files.py",
            "tests/storage/test_turns_kept.py",
            "tests/ui/session",
            "tests/ui/files",
        ),
    ),
    Room("sessions", ("ui/session/session.py",), ("tests/ui/session", "tests/ui/files", "tests/ui/test_*.py")),
)
