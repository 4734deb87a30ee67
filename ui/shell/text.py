"""Small pieces of text that several views put numbers and names into."""

from __future__ import annotations

from collections.abc import Sequence


def signed(value: float, digits: int = 2) -> str:
    """A reward with its sign, as on a card."""
    return f"{value:+.{digits}f}".replace("-", "\u2212")


def listed(names: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *others, last = names or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def times(count: int) -> str:
    """'never', 'once', 'twice', '3 times'."""
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def copies(name: str, count: int) -> str:
    """'c3', or 'c3 ×2' where there are several of it."""
    return f"{name} \u00d7{count}" if count > 1 else name


def file_stem(prompt: str, seed: int) -> str:
    """Prompt and seed as a file name without its ending."""
    stem = "-".join(prompt.lower().split())[:48]
    return f"{''.join(c for c in stem if c.isalnum() or c == '-') or 'picture'}-{seed}"
