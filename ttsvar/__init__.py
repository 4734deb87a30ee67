"""TTS-VAR: a step-wise engine for test-time scaling of visual autoregressive image models (arXiv 2507.18537)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ttsvar.config import SEARCHES, SearchConfig, search_config
from ttsvar.errors import TTSVarError
from ttsvar.version import VERSION

if TYPE_CHECKING:
    from ttsvar.engine.loop import Engine
    from ttsvar.families.load import load
    from ttsvar.types import Candidates, ScaleSchedule, SearchState, Selection, StepResult

__version__ = VERSION
__all__ = [
    "SEARCHES",
    "Candidates",
    "Engine",
    "ScaleSchedule",
    "SearchConfig",
    "SearchState",
    "Selection",
    "StepResult",
    "TTSVarError",
    "__version__",
    "load",
    "search_config",
]

_HOMES = {"Engine": "ttsvar.engine.loop", "load": "ttsvar.families.load"}


def __getattr__(name: str) -> object:
    # Torch and transformers take seconds to import: `python -m ttsvar --help` should not wait for them.
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "ttsvar.types")), name)
    raise AttributeError(f"module 'ttsvar' has no attribute {name!r}")
