"""Waiting threads sleep in every command and in the processes it starts; torch is loaded after that is set."""

from __future__ import annotations

import os
import subprocess
import sys

from golden_cases import ROOT

from ttsvar.threads import SLEEPING

ASKED = """
import os, subprocess, sys
from ttsvar.commands.cli import main
assert "torch" not in sys.modules, "it reads the environment when it is loaded"
try:
    main(["--version"])
except SystemExit:
    pass
show = "import os; print(*(os.environ[name] for name in sys.argv[1:]))".replace("import os", "import os, sys")
subprocess.run([sys.executable, "-c", show, *sys.argv[1:]], check=True)
"""


def _told(**environment: str) -> list[str]:
    bare = {name: value for name, value in os.environ.items() if name not in SLEEPING}
    command = [sys.executable, "-c", ASKED, *SLEEPING]
    run = subprocess.run(command, cwd=ROOT, env=bare | environment, check=True, stdout=subprocess.PIPE, text=True)
    return run.stdout.splitlines()[-1].split()


def test_a_command_and_what_it_starts_let_waiting_threads_sleep():
    assert _told() == list(SLEEPING.values())


def test_what_the_environment_says_stays():
    assert _told(OMP_WAIT_POLICY="ACTIVE") == ["ACTIVE", "0", "0"]


def test_the_tests_do_so_too():
    assert set(SLEEPING) <= set(os.environ)
