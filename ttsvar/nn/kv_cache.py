"""Keys and values of past scales: one preallocated buffer, and light immutable handles to its used part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ttsvar.errors import StateError


class KVCache:
    """A buffer [layers, 2, rows, H, capacity, head_dim] that is only ever appended to."""

    def __init__(self, buffer: Tensor, used: int = 0) -> None:
        self.buffer = buffer
        self.used = used
        """Tokens that some view may rely on."""

    @property
    def capacity(self) -> int:
        """Tokens for which there is room."""
        return self.buffer.shape[4]


@dataclass(frozen=True, eq=False)
class CacheView:
    """The first `length` tokens of rows [start, start + rows) of a cache; what it shows never changes.

    Growing the newest view writes in place; growing an older one first copies its used part. So rewinding
    and branching never disturb another view.
    """

    cache: KVCache
    length: int
    start: int
    rows: int

    @classmethod
    def allocate(cls, shape: tuple[int, int, int, int], capacity: int, like: Tensor) -> CacheView:
        """An empty view of a new cache; shape is (layers, rows, H, head_dim), dtype and device are those of `like`."""
        layers, rows, heads, head_dim = shape
        buffer = like.new_empty(layers, 2, rows, heads, capacity, head_dim)
        return cls(KVCache(buffer), 0, 0, rows)

    @property
    def nbytes(self) -> int:
        """Bytes of the tokens in view."""
        buffer = self.cache.buffer
        return buffer.element_size() * buffer[:, :, : self.rows, :, : self.length].numel()

    def grow(self, tokens: int) -> CacheView:
        """A view of `tokens` more tokens, to be written with `write`; raises StateError where there is no room."""
        length = self.length + tokens
        if length > self.cache.capacity:
            raise StateError(
                f"The cache has room for {self.cache.capacity} tokens and needs {length}; "
                "allocate it for all tokens of the schedule."
            )
        whole = self.start == 0 and self.rows == self.cache.buffer.shape[2]
        newest = whole and self.length == self.cache.used
        base = self if newest else self.select(range(self.rows))
        base.cache.used = length
        return CacheView(base.cache, length, base.start, base.rows)

    def narrow(self, start: int, rows: int) -> CacheView:
        """Consecutive rows of this view without a copy: for a chunk of a grown view that is written chunk by chunk."""
        if start < 0 or rows < 1 or start + rows > self.rows:
            raise StateError(f"Rows {start} to {start + rows} are not within the view's {self.rows} rows.")
        return CacheView(self.cache, self.length, self.start + start, rows)

    def select(self, rows: Sequence[int], capacity: int | None = None) -> CacheView:
        """A view of a new cache that holds the chosen rows (repeats allowed): one index_select over the used part.

        The new cache has room for `capacity` tokens, or for as many as this one.
        """
        picks = list(rows)
        wrong = [row for row in picks if not 0 <= row < self.rows]
        if wrong or not picks:
            raise StateError(f"Cache rows {wrong or picks} do not exist; the view has rows 0 to {self.rows - 1}.")
        old = self.cache.buffer
        room = self.cache.capacity if capacity is None else capacity
        if room < self.length:
            raise StateError(f"The view shows {self.length} tokens; a cache for {room} cannot hold them.")
        new = old.new_empty(*old.shape[:2], len(picks), old.shape[3], room, old.shape[5])
        if self.length:
            index = torch.tensor(picks, device=old.device) + self.start
            new[..., : self.length, :] = old[..., : self.length, :].index_select(2, index)
        return CacheView(KVCache(new, self.length), self.length, 0, len(picks))

    def write(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Store k and v [rows, H, L, head_dim] as the view's last L tokens; returns all its keys and values."""
        tokens = k.shape[2]
        whole = self.cache.buffer[layer, :, self.start : self.start + self.rows, :, : self.length]
        whole[0, :, :, self.length - tokens :] = k
        whole[1, :, :, self.length - tokens :] = v
        return whole[0], whole[1]
