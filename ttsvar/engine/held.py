"""How many bytes of tensors something holds."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, cast

from torch import Tensor

from ttsvar.nn.kv_cache import KVCache


def held_bytes(*things: Any) -> int:
    """Bytes of all tensors in dataclasses, sequences, mappings and caches; what several share counts once."""
    storages: dict[int, int] = {}
    seen: set[int] = set()
    waiting = list(things)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Tensor):
            storage = thing.untyped_storage()
            storages[storage.data_ptr()] = storage.nbytes()
        elif thing is not None and id(thing) not in seen:
            seen.add(id(thing))
            waiting += _parts(thing)
    return sum(storages.values())


def _parts(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return list(cast(dict[Any, Any], thing).values())
    if isinstance(thing, tuple | list):
        return list(cast(tuple[Any, ...], thing))
    if is_dataclass(thing):
        return [getattr(thing, field.name) for field in fields(thing)]
    return list(vars(thing).values()) if isinstance(thing, KVCache) else []
