"""The table of judges, so that what only tells of them need not load any."""

from __future__ import annotations

from typing import Any

from ttsvar.registry import Registry

JUDGES: Registry[Any] = Registry("reward", "ttsvar.rewards", lambda row: row.place)
"""Everything that `SearchConfig.reward` may name; `ttsvar.rewards.registry` says what a row is and adds one."""
