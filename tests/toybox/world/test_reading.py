"""Reading a prompt gives back what it was written from."""

from __future__ import annotations

import pytest

from ttsvar.evaluation.bench.prompts import every_request
from ttsvar.toybox.world.prompts import TAGS
from ttsvar.toybox.world.reading import read_request


@pytest.mark.slow
@pytest.mark.parametrize("tag", TAGS)
def test_every_prompt_of_the_list_is_read_back(tag: str) -> None:
    requests = list(every_request(tag))
    for request in requests[:: 1 + len(requests) // 5000]:
        assert read_request(request.prompt) == request


def test_wording_may_vary() -> None:
    plain = read_request("a photo of three blue balls")
    assert plain is not None
    for text in ("three blue balls", "Three  blue balls.", "a picture of three blue balls"):
        assert read_request(text) == plain
    side = read_request("a photo of a heart left of a house")
    assert side is not None
    assert read_request("a heart to the left of a house") == side
    assert read_request("the heart is left of the house") == side


def test_forms_may_be_joined() -> None:
    both = read_request("two red stars and a green cup")
    assert both is not None
    assert both.tag == "two_counts"
    assert both.kinds == (("star", "red", 2), ("cup", "green", 1))
    placed = read_request("a red star above a green cup")
    assert placed is not None
    assert placed.tag == "position_attr"
    assert placed.metadata["include"][1]["color"] == "red"
    assert placed.metadata["include"][1]["position"] == ["above", 0]


@pytest.mark.parametrize(
    "prompt",
    ["", "a photo of", "a dog", "a three balls", "three ball", "seven balls", "a ball on a cup", "very red ball"],
)
def test_anything_else_is_not_guessed(prompt: str) -> None:
    assert read_request(prompt) is None
