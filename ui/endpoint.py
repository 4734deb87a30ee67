"""What every endpoint of the API does with what it is sent, and with what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from ttsvar.errors import StateError, TTSVarError
from ttsvar.values import UnfitError, number


@contextmanager
def explained() -> Iterator[None]:
    """Errors that the caller can mend, as Gradio passes them on: with their message and without a stack."""
    try:
        yield
    except TTSVarError as error:
        raise gr.Error(str(error), print_exception=False) from error


def text_of(value: Any, name: str) -> str:
    """Text that a program sends; raises StateError."""
    if not isinstance(value, str):
        raise StateError(f"{name} is {value!r:.40}; it must be text.")
    return value


def number_of(value: Any, name: str) -> float:
    """A finite number that a program sends; raises StateError."""
    try:
        return number(value)
    except UnfitError as error:
        raise StateError(f"{name} is {value!r:.40}; it must be {error}.") from None
