"""From plain JSON values to frozen dataclasses, by their annotations; what does not fit is named by its place."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ttsvar.errors import ConfigError

T = TypeVar("T")


def from_plain(kind: type[T], values: Any, place: str) -> T:
    """A dataclass of `kind` from JSON values: nested dataclasses, mappings by name, tuples, enums, None.

    Numbers stay as they were written. Raises ConfigError with the place of a value that is missing, unknown, or of
    another kind.
    """
    return _read(kind, values, place)


def _read(kind: Any, value: Any, place: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (option for option in get_args(kind) if option is not type(None))
        return None if value is None else _read(inner, value, place)
    if origin is tuple:
        _expect(isinstance(value, list | tuple), value, place, "a list")
        return tuple(_read(get_args(kind)[0], item, f"{place}[{i}]") for i, item in enumerate(value))
    if origin is Mapping:
        _expect(isinstance(value, Mapping), value, place, "an object")
        return {str(name): _read(get_args(kind)[1], item, f"{place}.{name}") for name, item in value.items()}
    if is_dataclass(kind):
        return _dataclass(kind, value, place)
    if isinstance(kind, type) and issubclass(kind, Enum):
        _expect(value in [option.value for option in kind], value, place, "one of its words")
        return kind(value)
    number = kind in (int, float)
    fits = isinstance(value, (int, float) if kind is float else kind) and not (number and isinstance(value, bool))
    _expect(fits, value, place, f"of kind {kind.__name__}")
    return value


def _dataclass(kind: Any, value: Any, place: str) -> Any:
    _expect(isinstance(value, Mapping), value, place, "an object")
    names = {f.name for f in fields(kind)}
    if names != set(value):
        odd = sorted(names ^ set(value))
        raise ConfigError(f"{place} should hold {', '.join(sorted(names))}; unknown or missing: {', '.join(odd)}.")
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], value[name], f"{place}.{name}") for name in names})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _expect(fits: bool, value: Any, place: str, what: str) -> None:
    if not fits:
        raise ConfigError(f"{place} is {str(value)[:40]!r}; it should be {what}.")
