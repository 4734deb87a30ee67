"""How a process's computing threads wait for each other; no import of torch, which reads this when it is loaded."""

from __future__ import annotations

import os

SLEEPING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
"""For every OpenMP, for GNU's (which torch brings) and for Intel's."""


def let_waiting_threads_sleep() -> None:
    """Threads that wait give up the processor instead of spinning; call it before torch is loaded.

    On a machine that does other work as well, threads that spin wait for one that is not running, and take its turn.
    What the environment says already stays, and processes that are started later inherit it.
    """
    for name, value in SLEEPING.items():
        os.environ.setdefault(name, value)
