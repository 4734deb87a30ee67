"""JSON from outside: read within bounds, and refused by name beyond them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.errors import FileError
from ttsvar.outside import read_json
from ttsvar.values import UnfitError, number, whole_number

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_comes_back(value: object) -> None:
    assert read_json(json.dumps(value), 10**6) == value
    assert read_json(json.dumps(value).encode(), 10**6) == value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[1, 2, 3]" * 20, "has 180 bytes; at most 100"),
        (b"[" * 40 + b"]" * 40, "lists 40 deep"),
        (b'{"a":' * 9 + b"[" * 40, "lists 49 deep"),
        (b"[" * 50, "deep"),
        (b"", "no JSON"),
        (b'"cut', "no JSON"),
        (b"\xff\xfe[", "no JSON"),
    ],
)
def test_what_is_beyond_the_bounds_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FileError, match=why):
        read_json(content, 100)


def test_a_million_empty_lists_are_refused_before_one_is_made() -> None:
    with pytest.raises(FileError, match="1,000,000 lists"):
        read_json(b"[" + b"[]," * 999_999 + b"1]", 10**7)


def test_a_number_of_too_many_digits_is_no_number() -> None:
    with pytest.raises(FileError, match="no JSON"):
        read_json(b"9" * 10_000, 10**6)


def test_brackets_in_texts_are_no_lists() -> None:
    text = json.dumps(["[" * 100, '\\"[' * 100])
    assert read_json(text, 10**6) == json.loads(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        values = read_json(content, 10**6)
    except FileError:
        return
    assert json.loads(json.dumps(values)) == values


@pytest.mark.parametrize(
    "wrong", [float("inf"), float("-inf"), float("nan"), 10**400, -(10**400), 1.5, True, "3", None]
)
def test_what_is_no_whole_number_is_refused(wrong: object) -> None:
    with pytest.raises(UnfitError):
        whole_number(wrong, 0, 99)


@pytest.mark.parametrize("wrong", [float("inf"), float("nan"), 10**400, True, "3", None])
def test_what_is_no_finite_number_is_refused(wrong: object) -> None:
    with pytest.raises(UnfitError):
        number(wrong)
