"""Settings of every test; the fakes and cases that tests share lie in tests/support."""

import os

# One thread a process, also in the servers that tests start: tests run side by side, and how many threads add a sum
# decides its last bit. It has to stand here before anything imports torch.
os.environ["OMP_NUM_THREADS"] = "1"

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook

# Shapes and types that these modules' signatures name are checked at every call; before anything imports them.
CHECKED = ("ttsvar.search", "ttsvar.sampling", "ttsvar.features.pca", "ttsvar.engine.states")
install_import_hook(CHECKED, "runtime_checks.checked")

from ttsvar.threads import let_waiting_threads_sleep  # noqa: E402

let_waiting_threads_sleep()

# A slow or busy machine is no finding about the code.
settings.register_profile("ttsvar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ttsvar")


@pytest.fixture(scope="module")
def without_umap() -> Iterator[None]:
    """Pages start no process that compiles UMAP, which takes ten seconds of a core; for tests that show no clusters."""
    from ui_helpers import FlatProjector

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.app.Projector", FlatProjector)
        yield
