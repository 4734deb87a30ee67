"""Two evaluators on the same pictures: how often they agree, who is stricter, and which pictures to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from ttsvar.commands.cli import main
from ttsvar.evaluation.bench.agreement import Compared, agreement_table, compare, differences_sheet
from ttsvar.evaluation.bench.prompts import EvaluationPrompt
from ttsvar.evaluation.rules.geneval import Verdict
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind

LACKS = Shortfall(kind=ShortfallKind.TOO_FEW, thing="dog", asked=1, found=0)
WRONG, RIGHT = Verdict(False, (LACKS,)), Verdict(True)
METADATA = {"tag": "single_object", "include": [{"class": "dog", "count": 1}]}
PROMPTS = [
    EvaluationPrompt(f"a photo of {text}", tag, METADATA)
    for text, tag in (("a dog", "single_object"), ("a puppy", "single_object"), ("two dogs", "counting"))
]


class Below:
    """Calls right what is darker than a limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def verdict(self, image: Tensor, metadata: object) -> Verdict:
        return RIGHT if int(image[0, 0, 0]) < self.limit else WRONG


def painted(prompt: EvaluationPrompt, seed: int) -> Tensor:
    level = 40 * PROMPTS.index(prompt) + 10 * seed
    return torch.full((64, 64, 3), level, dtype=torch.uint8)


@pytest.fixture
def compared() -> list[Compared]:
    return compare(painted, Below(85), Below(45), PROMPTS, 2)


def test_every_picture_of_every_prompt_is_judged_by_both(compared: list[Compared]) -> None:
    assert [int(one.image[0, 0, 0]) for one in compared] == [0, 10, 40, 50, 80, 90]
    assert [one.first.correct for one in compared] == [True] * 5 + [False]
    assert [one.second.correct for one in compared] == [True] * 3 + [False] * 3
    assert [one.equal for one in compared] == [True, True, True, False, False, True]


def test_the_table_counts_equal_verdicts_and_who_stands_alone(compared: list[Compared]) -> None:
    table = agreement_table(compared, "detector", "matcher").splitlines()
    assert table[1].split()[:5] == ["single_object", "4", "1.000", "0.750", "0.750"]
    assert table[2].split()[:5] == ["counting", "2", "0.500", "0.000", "0.500"]
    assert table[-1].startswith("Equal verdicts on 0.667 of 6 pictures [")
    assert "not enough: 0.97 is asked for" in table[-1]
    assert table[-1].endswith("Right by detector alone: 2, by matcher alone: 0.")
    assert ", enough: 0.97" in agreement_table(compared[:3], "detector", "matcher")


def test_the_sheet_shows_where_they_differ(compared: list[Compared]) -> None:
    shown = differences_sheet(compared, "detector", "matcher")
    assert shown is not None
    assert shown.width == 2 * (64 + 10) + 10
    assert differences_sheet(compared[:3], "detector", "matcher") is None


def test_only_the_icon_world_has_two_evaluators(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreement", "--model", "toybox", "--sheet", str(tmp_path / "sheet.png")]) == 2
    assert "no model of the icon world" in capsys.readouterr().err
