"""A finish for the look alone before a candidate is judged, after lookahead search (arXiv 2408.03314)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ttsvar.config import NamedSearch
from ttsvar.search.early_pick import EarlyPick
from ttsvar.strategy import register


@register
@dataclass(frozen=True)
class Lookahead(EarlyPick):
    """An early pick whose reward judges what the next scales come to where every bit is the likeliest.

    What is drawn for the look is thrown away: who goes on draws these scales under the search's own settings.
    """

    name: str = "lookahead"
    title: str = "Look ahead"
    line: str = "Before it looks, every candidate is drawn on with its likeliest bits, and the best one is finished."
    summary: str = (
        "Draws several candidates until the layout is settled, and then some scales more for the look alone, with the "
        "likeliest bits. The reward judges these, and the best candidate is drawn to the end."
    )
    color: str = "#AEC7E8"
    place: int = 93
    settings: Mapping[str, Any] = field(default_factory=lambda: {"width": 1, "children": 8, "ahead": 4}, hash=False)
    variants: tuple[NamedSearch, ...] = ()
