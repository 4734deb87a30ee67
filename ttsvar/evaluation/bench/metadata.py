"""A line of GenEval's metadata, checked in every part before anything is judged by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ttsvar.errors import ConfigError

RELATIONS = ("left of", "right of", "above", "below")
EXAMPLE = '{"class": "star", "count": 1}'


def read_metadata(line: str) -> dict[str, Any]:
    """One JSON object in GenEval's form: `prompt`, `tag`, `include` and perhaps `exclude`, lists of checked clauses.

    A null `exclude`, `color` or `position` counts as absent; other keys stay. Raises ConfigError, which says what is
    wrong.
    """
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"it is no JSON ({error})") from error
    if not isinstance(row, dict):
        raise ConfigError(f"it is {_shown(row)}; it must be an object with prompt, tag and include")
    for name in ("prompt", "tag"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise ConfigError(f"{name} is {_shown(row.get(name))}; it must be text")
    checked = {name: value for name, value in row.items() if not (name == "exclude" and value is None)}
    for name in ("include", "exclude"):
        if name == "include" or name in checked:
            checked[name] = _clauses(name, checked.get(name))
    return checked


def _clauses(name: str, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ConfigError(f"{name} is {_shown(value)}; it must be a list of clauses such as {EXAMPLE}")
    return [_clause(f"{name}[{place}]", clause, place) for place, clause in enumerate(value)]


def _clause(where: str, clause: Any, earlier: int) -> dict[str, Any]:
    if not isinstance(clause, Mapping):
        raise ConfigError(f"{where} is {_shown(clause)}; it must be a clause such as {EXAMPLE}")
    kept: dict[str, Any] = {k: v for k, v in clause.items() if not (v is None and k in ("color", "position"))}
    for key in ("class", "color"):
        if (key == "class" or key in kept) and not (isinstance(kept.get(key), str) and kept[key].strip()):
            raise ConfigError(f"{key} of {where} is {_shown(kept.get(key))}; it must be text")
    if not _whole(kept.get("count")) or kept["count"] < 1:
        raise ConfigError(f"count of {where} is {_shown(kept.get('count'))}; it must be a whole number above 0")
    if "position" in kept and not _is_position(kept["position"], earlier):
        raise ConfigError(
            f"position of {where} is {_shown(kept['position'])}; it must be one of {', '.join(RELATIONS)} and the "
            "number of an earlier clause"
        )
    return kept


def _is_position(value: Any, earlier: int) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    relation, target = value
    return relation in RELATIONS and _whole(target) and -earlier <= target < earlier


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    text = "missing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
