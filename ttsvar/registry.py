"""A table of rows by name, to which every file adds the rows that it owns."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from typing import Generic, TypeVar

from ttsvar.errors import ConfigError

Row = TypeVar("Row")


class Registry(Mapping[str, Row], Generic[Row]):
    """Rows by name, in the order that `place` gives them.

    The modules of the package `home` are imported at the first look, and each adds its own rows while it is; so a new
    row is a new file there, and naming the table costs nothing. A file from elsewhere adds its row when it is imported.
    Where `within` is given, the rows are in folders: of each package in the home, the module of this name is imported.
    """

    def __init__(self, kind: str, home: str, place: Callable[[Row], float], within: str | None = None) -> None:
        self.kind = kind
        self._home = home
        self._within = within
        self._place = place
        self._rows: dict[str, Row] = {}
        self._lock = Lock()
        self._looked = False

    def add(self, name: str, row: Row) -> None:
        """Add a row; raises ConfigError where another row has the name."""
        with self._lock:
            if name in self._rows:
                raise ConfigError(f"There are two rows named {name!r} among the {self.kind} rows; rename one.")
            self._rows[name] = row
            self._rows = dict(sorted(self._rows.items(), key=lambda item: (self._place(item[1]), item[0])))

    def remove(self, name: str) -> None:
        """Take a row out again."""
        with self._lock:
            del self._rows[name]

    def named(self, name: str) -> Row:
        """A row by name; an unknown one raises ConfigError with the list."""
        rows = self._all()
        if name not in rows:
            raise ConfigError(f"{self.kind} is {name!r:.80}; it must be one of {', '.join(rows)}.")
        return rows[name]

    def __getitem__(self, name: str) -> Row:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._all()))

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Row]:
        # Not under the lock: an import in another thread may be adding a row, and would wait for it.
        if not self._looked:
            for module in self._modules():
                import_module(module)
            self._looked = True
        return self._rows

    def _modules(self) -> Iterator[str]:
        """Dotted names of the modules that own the rows."""
        for module in pkgutil.iter_modules(import_module(self._home).__path__):
            name = f"{self._home}.{module.name}"
            if self._within is None:
                yield name
            elif module.ispkg and find_spec(f"{name}.{self._within}"):
                yield f"{name}.{self._within}"
