"""The mutation runner: what it changes, what it leaves alone, and that a change that matters is noticed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.mutants.__main__ import chosen, read_equivalent
from tools.mutants.operators import mutants
from tools.mutants.rooms import ROOMS, ROOT

SOURCE = b'''"""Doc 1."""

LIMIT = 3


def pick(values: tuple[int, ...], most: int = 4) -> int:
    """Doc 2."""
    assert most > 0, "not changed"
    if not values or len(values) >= most:
        raise ValueError(f"at most {most + 1}")
    values.sort()
    return values[0] if most == 1 else -1
'''


def test_every_change_is_one_that_can_be_named() -> None:
    found = {(m.line, m.operator, m.before, m.after) for m in mutants("pick.py", SOURCE)}
    assert found == {
        (3, "constant", "3", "(4)"),
        (3, "constant", "3", "(2)"),
        (6, "constant", "4", "(5)"),
        (6, "constant", "4", "(3)"),
        (9, "and/or", "not values or len(values) >= most", "(not values and len(values) >= most)"),
        (9, "not", "not values", "(values)"),
        (9, "comparison", "len(values) >= most", "(len(values) > most)"),
        (10, "drop statement", 'raise ValueError(f"at most {most + 1}")', "pass"),
        (11, "drop statement", "values.sort()", "pass"),
        (12, "return default", "values[0] if most == 1 else -1", "0"),
        (12, "branches swapped", "values[0] if most == 1 else -1", "(-1 if most == 1 else values[0])"),
        (12, "constant", "0", "(1)"),
        (12, "comparison", "most == 1", "(most != 1)"),
        (12, "constant", "1", "(2)"),
        (12, "constant", "1", "(0)"),
    }


def test_a_mutant_of_every_room_is_a_program_that_differs() -> None:
    for room in ROOMS:
        assert room.sources(), room.name
        assert room.tests_found(), room.name
        for path in room.sources():
            source = (ROOT / path).read_bytes()
            honest = ast.dump(ast.parse(source))
            for mutant in mutants(path, source)[::9]:
                assert ast.dump(ast.parse(mutant.applied(source))) != honest, mutant


def test_a_sample_is_the_same_every_time_and_spares_what_is_known_to_be_equivalent() -> None:
    sample = chosen(list(ROOMS), 50, 0)
    assert sample == chosen(list(ROOMS), 50, 0)
    assert sample != chosen(list(ROOMS), 50, 1)
    assert not {m.key for _, m in chosen(list(ROOMS), 0, 0)} & set(read_equivalent())


def test_what_is_called_equivalent_is_still_a_mutant() -> None:
    keys = {m.key for room in ROOMS for path in room.sources() for m in mutants(path, (ROOT / path).read_bytes())}
    assert set(read_equivalent()) <= keys


@pytest.mark.slow
def test_a_change_of_the_sampling_is_noticed(tmp_path: Path) -> None:
    out = tmp_path / "verdicts.json"
    command = [sys.executable, "-m", "tools.mutants", "sampling", "--sample", "1", "--json", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text())
    assert (found["tried"], found["killed"]) == (1, 1), done.stdout
    assert "in all 1 of 1 killed (100.0%)" in done.stdout
