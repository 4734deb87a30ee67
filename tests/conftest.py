"""Settings of every test; the fakes and cases that tests share lie in tests/support."""

import os
import shutil
from pathlib import Path

# One thread a process, also in the servers that tests start: tests run side by side, and how many threads add a sum
# decides its last bit. It has to stand here before anything imports torch.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook

# Shapes and types that these modules' signatures name are checked at every call; before anything imports them.
CHECKED = (
    "ttsvar.search",
    "ttsvar.sampling",
    "ttsvar.features.extractors",
    "ttsvar.features.display_basis",
    "ttsvar.engine.states",
)
install_import_hook(CHECKED, "runtime_checks.checked")

from ttsvar.threads import let_waiting_threads_sleep  # noqa: E402

let_waiting_threads_sleep()

# What tests write lies in memory where there is room. The app waits for the disk at every step, as nothing may be lost;
# on a disk that was a sixth of the suite's time.
MEMORY, ROOM = Path("/dev/shm"), 4 << 30
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# A slow or busy machine is no finding about the code.
settings.register_profile("ttsvar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ttsvar")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages over the weights that ship first, those over the fake engine last, so that one worker serves the former.

    With xdist's worksteal each worker begins with a part of the list and takes from the other's end when it is done.
    A page that a slow machine caught half way is looked at once more; the summary names it as rerun.
    """

    def place(item: pytest.Item) -> int:
        return 0 if item.get_closest_marker("model") else 2 if item.get_closest_marker("browser") else 1

    items.sort(key=place)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
