"""A few hundred of the hostile inputs: each is read, or refused by an error of ours; a second call goes on."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import hostile


@pytest.mark.slow
def test_no_parser_raises_a_foreign_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "found.json"
    monkeypatch.setattr(hostile, "BLOCK", 100)
    for inputs in (100, 300):
        monkeypatch.setattr(sys, "argv", ["hostile.py", "--inputs", str(inputs), "--out", str(out)])
        hostile.main()
        found = json.loads(out.read_text())["found"]
        assert found["inputs"] == inputs
        assert found["foreign"] == {}
    assert found["read"] + found["refused"] == 300
    assert len(found["by_parser"]) == 9
