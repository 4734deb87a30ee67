"""The nearest prompt that a model of limited words can draw, for one with words that it does not know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches

from ttsvar.protocols import PromptBook
from ttsvar.toybox.worlds import World

LIKE = 0.75
"""Letters that two words share before one is taken for a slip of the other."""
BETWEEN = ("photo", "left", "right", "above", "below", "under", "over", "on", "in", "is", "with", "and", "of")
"""Known words after which no thing stands, but an article or another word of place."""


def nearest_prompt(prompt: str, book: PromptBook, world: World | None = None) -> str:
    """The prompt with other words in place of the unknown ones; where that makes no sense, the example most like it.

    `world` says what the model's things are called; without it they are guessed from its words.

    Empty where every word is known, or the model reads any word. A slip of the pen becomes the word that it is like, an
    unknown thing becomes one that the model knows, and what is said of a thing in a word that is unknown is left out.
    """
    unknown = book.unknown(prompt)
    if not unknown or not book.vocabulary:
        return ""
    things = _things(book.vocabulary) if world is None else world.things
    words = re.findall(r"[\w'-]+", prompt.lower())
    made: list[str] = []
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        if word in unknown and not _slip(word, book) and _is_thing(after, things):
            continue
        other = word if word not in unknown else _slip(word, book) or _thing(word, words[:place], made, things, book)
        if not other:
            return _example(words, book)
        made.append(other)
    found = " ".join(made)
    if "an" in book.vocabulary:
        found = re.sub(r"\ban?(?= ([aeiou])?)", lambda article: "an" if article[1] else "a", found)
    drawn = not book.unknown(found) and (world is None or world.read(found) is not None)
    return found if drawn else _example(words, book)


def _slip(word: str, book: PromptBook) -> str:
    """The known word that this one is like, but for a letter or two."""
    return next(iter(get_close_matches(word, book.vocabulary, 1, LIKE)), "")


def _things(vocabulary: Sequence[str]) -> dict[str, str]:
    """Things by their names, with the names of several of them: words that are known in both numbers."""
    known = set(vocabulary)
    plural = {word: next((w for w in (f"{word}s", f"{word}es") if w in known), "") for word in sorted(known)}
    return {word: several for word, several in plural.items() if several}


def _is_thing(word: str, things: Mapping[str, str]) -> bool:
    """Whether a thing's name begins with this word."""
    return any(word == name.split()[0] for name in (*things, *things.values()))


def _thing(word: str, before: Sequence[str], made: Sequence[str], things: Mapping[str, str], book: PromptBook) -> str:
    """A thing that the prompt does not have yet, where one is named: after an article, a number or a colour."""
    if not before or before[-1] not in _qualities(things, book):
        return ""
    several = word.endswith("s") and before[-1] not in ("a", "an", "one")
    free = [thing for thing in things if thing not in made and things[thing] not in made]
    if not free:
        return ""
    thing = max(free, key=lambda known: SequenceMatcher(None, known, word).ratio())
    return things[thing] if several else thing


def _qualities(things: Mapping[str, str], book: PromptBook) -> set[str]:
    """Known words that can stand before a thing: all but things, and words that need something else after them."""
    nouns = {word for name in (*things, *things.values()) for word in name.split()}
    return set(book.vocabulary) - nouns - set(BETWEEN)


def _example(words: Sequence[str], book: PromptBook) -> str:
    """The example that shares most words with a prompt."""
    shared = {example: len(set(words) & set(example.lower().split())) for example in book.examples}
    return max(shared, key=lambda example: shared[example], default="")
