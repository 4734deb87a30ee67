"""What Python and the page's scripts share, defined once; scripts read it as `ttsvar.contract`."""

from __future__ import annotations

import json
from typing import Any

from ttsvar.config import Decision

MOST_COPIES = 16
"""Copies of one candidate that may go on."""
MOST_VARIANTS = 8
"""Variants of one candidate that are drawn at once."""
MOST_BYTES = 24 * 1024**2
"""Size of the largest file that may be dropped."""
LONGEST_NAME = 40
"""Letters of a branch's name."""
LONGEST_NICKNAME = 20
"""Letters of a visitor's name in the class chart."""
BLEND = 60
"""Percent of opacity of the maps in the panel of features at first."""
DECISION_COLORS = {Decision.CLUSTER: "#1F7DC4", Decision.RESAMPLE: "#E69F00", Decision.SELECT: "#E69F00"}
"""What marks a scale at which something is decided."""
MARKS = (Decision.CLUSTER, Decision.RESAMPLE)
"""Decisions that a person can mark in a schedule; a search that selects does so where it would resample."""
STORAGE = {
    "theme": "ttsvar-theme",
    "maps": "ttsvar-maps",
    "blend": "ttsvar-blend",
    "visitor": "ttsvar-visitor",
    "tour": "ttsvar-tour",
    "tab": "ttsvar-tab",
    "sound": "ttsvar-sound",
    "trust": "ttsvar-trust",
    "guess": "ttsvar-guess",
    "choice": "ttsvar",
}
"""Keys under which a browser keeps something; of a choice that was not sent the run and the state follow."""
MESSAGES = (
    "choice", "take", "chances", "proceed", "duel", "new", "open-file", "save", "share", "download", "card", "film",
    "recorded", "tour", "glossary",
)  # fmt: skip
"""What one view's script tells the others: a button whose `data-do` is one of these, wherever it stands, sends it.

Every other `data-do` belongs to the view that the button stands in.
"""


def contract() -> dict[str, Any]:
    """All of it as plain values."""
    return {
        "mostCopies": MOST_COPIES,
        "mostBytes": MOST_BYTES,
        "blend": BLEND,
        "marks": list(MARKS),
        "storage": STORAGE,
        "messages": list(MESSAGES),
    }


def contract_json() -> str:
    """The contract as JSON that is safe in a script element."""
    return json.dumps(contract()).replace("<", "\\u003c")


def contract_style() -> str:
    """Custom properties for style sheets: a colour for each decision, and the slider's first value."""
    colors = " ".join(f"--{decision}: {color};" for decision, color in DECISION_COLORS.items())
    return f":root {{ {colors} --blend: {BLEND / 100:g}; }}"
