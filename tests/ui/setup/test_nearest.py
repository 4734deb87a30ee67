"""The prompt that is offered in place of one with unknown words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from engine_fakes import FewWords

from ttsvar.families.infinity.prompting import KnownWords
from ttsvar.nn.words import WordTokenizer
from ttsvar.toybox.icons.words import WORDS as ICON_WORDS
from ttsvar.toybox.worlds import world_of_model
from ui.setup.nearest import nearest_prompt


@dataclass(frozen=True)
class World(FewWords):
    """Things that are known in both numbers, and two examples."""

    vocabulary: tuple[str, ...] = (
        "a", "photo", "of", "and", "two", "three", "red", "green", "ball", "balls", "cup", "cups", "star",
        "stars", "left",
    )  # fmt: skip
    examples: tuple[str, ...] = ("a photo of a red star and a green cup", "a photo of two balls")

    def unknown(self, prompt: str) -> tuple[str, ...]:
        return tuple(word for word in prompt.lower().split() if word not in self.vocabulary)


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("a photo of two bals", "a photo of two balls"),
        ("a photo of a red dog and a green cup", "a photo of a red ball and a green cup"),
        ("a photo of three tigers", "a photo of three stars"),
        ("a photo of three cobalt balls", "a photo of three balls"),
        ("a photo of a cat on a sofa", "a photo of a red star and a green cup"),
        ("a photo of a red star", ""),
    ],
)
def test_the_nearest_prompt_has_known_words_alone(asked: str, offered: str) -> None:
    found = nearest_prompt(asked, World())
    assert not World().unknown(found)
    assert found == offered


def test_a_model_that_reads_any_word_needs_no_other_prompt() -> None:
    assert nearest_prompt("a photo of a dog", replace(World(), vocabulary=())) == ""


ICON_WORLD = world_of_model("icons")
ICON_BOOK = KnownWords(WordTokenizer(ICON_WORDS))


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("a photo of a dgo", "a photo of a dog"),
        ("a photo of a unicorn and a red sofa", "a photo of an orange and a red sofa"),
        ("a photo of three dragons", ""),
        ("a photo of a crimson fire hydrant", "a photo of a fire hydrant"),
        ("a photo of a dog on a cat", ""),
    ],
)
def test_in_the_icon_world_every_offer_is_a_request(asked: str, offered: str) -> None:
    """What is offered names whole things ('fire hydrant', never 'sign' alone), so that it can be judged, too."""
    found = nearest_prompt(asked, ICON_BOOK, ICON_WORLD)
    assert ICON_WORLD is not None
    assert ICON_WORLD.read(found) is not None
    assert found == offered or not offered
