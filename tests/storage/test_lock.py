"""One writer at a time in a folder, and none that waits for ever."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ttsvar.errors import StateError
from ttsvar.storage.lock import writing

HOLD = "import sys; from pathlib import Path; from ttsvar.storage.lock import writing\n"
HOLD += "with writing(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def test_another_process_that_writes_is_waited_for_and_its_end_frees_the_folder(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        began = time.monotonic()
        with pytest.raises(StateError, match="Another server"), writing(tmp_path, patience=0.1):
            pass
        assert time.monotonic() - began >= 0.1
        other.kill()
        with writing(tmp_path):
            pass


def test_threads_exclude_each_other_too(tmp_path: Path) -> None:
    with writing(tmp_path), pytest.raises(StateError), writing(tmp_path, patience=0.0):
        pass
