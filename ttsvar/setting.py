"""What a setting of a search is, and the table of them by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from ttsvar.errors import ConfigError
from ttsvar.values import Kind, UnfitError

T = TypeVar("T")


class Titled(Protocol):
    """A row that people may choose."""

    @property
    def title(self) -> str:
        """What the page calls it in a list."""
        ...


@dataclass(frozen=True, kw_only=True)
class Setting(Generic[T]):
    """A setting of a search.

    Where `label` is empty the setting is one of the command line and of Python alone.
    """

    name: str
    kind: Kind[T]
    default: T | None
    """None leaves it to the model, or to the strategy."""
    help: str
    """What it does, for `ttsvar generate --help` and the documentation of the API."""
    label: str = ""
    """What stands over its field on the page."""
    short: str = ""
    """What the page calls it in a sentence, as in 'Changed: guidance.'"""
    line: str = ""
    """Neighbours with the same word here share a line of the page."""
    placeholder: str = ""
    blank: bool = False
    """Whether its field may stay empty, which leaves it to the search; the placeholder says what that means."""
    rows: Mapping[str, Titled] = field(default_factory=dict[str, Titled])
    """Of a choice: the table whose rows say what the page calls their names; a name without a row is its own title."""
    offered: Callable[[Any], Iterable[str]] | None = None
    """Of a choice: the names that an engine has; all where it is None."""
    idle: Callable[[Any], str] | None = None
    """A sentence where a value other than the default changes nothing in a search; empty where it does."""
    by_search: bool = False
    """Choosing a named search on the page brings the search's value."""
    format_1: bool = False
    """Every recipe names it; the others are written where they differ, so that older runs keep their ids."""
    option: bool = False
    """Only models that name it among their options take it; it lies in `SearchConfig.options`."""
    words: bool = False
    """The model reads it as it reads the prompt, so words that it does not know are named."""

    @property
    def flag(self) -> str:
        """The flag of `ttsvar generate`."""
        return f"--{self.name.replace('_', '-')}"

    def title_of(self, name: str) -> str:
        """What the page calls a name of a choice."""
        return self.rows[name].title if name in self.rows else name

    @property
    def noted(self) -> bool:
        """Whether something may be said under its field."""
        return self.words or self.idle is not None

    def checked(self, value: object) -> T | None:
        """The value as a search keeps it; raises ConfigError with the name, the value and what it must be."""
        if value is None and self.default is None:
            return None
        try:
            return self.kind.check(value)
        except UnfitError as error:
            raise ConfigError(f"{self.name} is {value!r:.200}; it must be {error}.") from None


class Settings(Mapping[str, Setting[Any]]):
    """Rows by name, in the order of the page."""

    def __init__(self, *rows: Setting[Any]) -> None:
        self._rows = {row.name: row for row in rows}

    def add(self, row: Setting[Any]) -> None:
        """Add a row of a model family or of a file from elsewhere: an option, since a search has no field for it."""
        if row.name in self._rows or not row.option:
            raise ConfigError(f"{row.name} cannot be added: its name is taken, or it is no option.")
        self._rows = {**self._rows, row.name: row}

    def remove(self, name: str) -> None:
        """Take an added row out again."""
        self._rows = {key: row for key, row in self._rows.items() if key != name}

    def __getitem__(self, name: str) -> Setting[Any]:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    def options(self) -> tuple[Setting[Any], ...]:
        """Those that only some models take."""
        return tuple(row for row in self.values() if row.option)

    def on_page(self) -> tuple[Setting[Any], ...]:
        """Those with a field of their own on the page, which programs may send, too."""
        return tuple(row for row in self.values() if row.label)
