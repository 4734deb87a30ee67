"""Names that can be seen, and names that look alike."""

from __future__ import annotations

import pytest

from ui.shell.names import clean, skeleton


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("  Ada\n", "Ada"),
        ("A\u200bd\u00ada", "A d a"),
        ("\u3164\u2800\u115f", ""),
        ("\ufeff\u2060", ""),
        ("\ud800", ""),
        ("\uff21\uff44\uff41", "Ada"),
        ("\u202eadA", "adA"),
        ("A" + "\u0301\u0302\u0303\u0304\u0305" * 3, "\u00c1\u0302\u0303"),
        ("\u00c9milie", "\u00c9milie"),
        ("n" * 99, "n" * 20),
        (7, "7"),
    ],
)
def test_what_cannot_be_seen_is_left_out(given: object, shown: str) -> None:
    assert clean(given, 20) == shown


@pytest.mark.parametrize(
    "other",
    [
        "ANNA",
        "A\u0301nna",
        "\u0410nna",
        "Ann\u0430",
        "An na",
        "Anna.",
        "\U0001d400nna",
        "\uff21nna",
        "\u0391nna",
        "Anna-",
    ],
)
def test_lookalikes_share_a_skeleton(other: str) -> None:
    assert skeleton(clean(other, 20)) == skeleton("Anna")


def test_others_do_not() -> None:
    names = ["Anna", "Anne", "Hanna", "Ana", "Annabel", "\u674e", "\u738b", "Jo", "Io", "\U0001f600"]
    assert len({skeleton(name) for name in names}) == len(names)
    assert skeleton("m") == skeleton("rn")
    assert skeleton("I1l|") == skeleton("llll")
