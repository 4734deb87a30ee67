"""Names that people give: made fit to be shown, and compared as the eye compares them."""

from __future__ import annotations

import unicodedata

BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that show nothing."""
UNSHOWN = ("C", "Z")
"""Categories that a name has none of but plain blanks: control and format characters, half surrogates, separators."""
LOOKALIKES = str.maketrans(
    "аеорсухѕіјһԁԛԝвкмнт" "αορνκιτυχεηζβμ" "0|!1\u0131\u0269\u026a\u04cfi",
    "aeopcyxsljhdqwbkmht" "aopvkltuxenzbu" "ollllllll",
)  # fmt: skip
"""Letters of other scripts, and digits, under the Latin ones that they look like, all of them in lower case."""
PAIRS = (("rn", "m"), ("vv", "w"))


def clean(name: object, longest: int) -> str:
    """A name in compatible characters (NFKC), without those that cannot be seen, at most so many letters long.

    A letter carries two marks at most: stacks of them cover what stands above.
    """
    text = unicodedata.normalize("NFKC", str(name)[: 20 * longest])
    seen = "".join(" " if c in BLANK or unicodedata.category(c)[0] in UNSHOWN else c for c in text)
    return " ".join(_calm(seen).split())[:longest].strip()


def skeleton(name: str) -> str:
    """What two names share that look alike: case, marks, blanks and lookalike letters of other scripts left out."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(c for c in parts if unicodedata.category(c)[0] not in ("M", "C", "Z", "P"))
    plain = bare.translate(LOOKALIKES)
    for pair, letter in PAIRS:
        plain = plain.replace(pair, letter)
    return plain or bare


def _calm(text: str) -> str:
    """At most two combining marks in a row."""
    shown, marks = [], 0
    for c in text:
        marks = marks + 1 if unicodedata.category(c)[0] == "M" else 0
        if marks <= 2:
            shown.append(c)
    return "".join(shown)
