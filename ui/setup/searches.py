"""The named searches as people choose them, and one of one's own."""

from __future__ import annotations

from ttsvar.config import SEARCHES, NamedSearch, SearchConfig

CUSTOM = "custom"
OWN = NamedSearch(CUSTOM, "Custom", "Your own schedule: edit the cells under Advanced, and mark where it decides.")


def names() -> list[str]:
    """Every search that can be chosen, the paper's first, one's own last."""
    return ["tts-var", *(name for name in SEARCHES if name != "tts-var"), CUSTOM]


def title(name: str) -> str:
    """What a search is called; an unknown one raises ConfigError."""
    return _named(name).title


def line(name: str) -> str:
    """One line on what a search does; empty where there is no such search."""
    return _named(name).line if name == CUSTOM or name in SEARCHES else ""


def _named(name: str) -> NamedSearch:
    return OWN if name == CUSTOM else SEARCHES.named(name)


def base(name: str) -> SearchConfig | None:
    """The settings that a choice starts from; None where there is no such search."""
    return SEARCHES["tts-var"] if name == CUSTOM else SEARCHES.get(name)


def name_of(search: SearchConfig) -> str:
    """The name under which a search was probably chosen: the same strategy in the same variant."""
    variant = ("strategy", "width", "children", "resampling", "ess_share")
    for kept in (variant, ("strategy", "potential"), ("strategy",)):
        for name, known in SEARCHES.items():
            if all(getattr(known, field) == getattr(search, field) for field in kept):
                return name
    return CUSTOM
