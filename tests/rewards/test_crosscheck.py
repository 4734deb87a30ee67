"""The comparing half of `make crosscheck-image-reward`, on a case that our own class scored."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from golden_cases import CASES

from tools.image_reward.case import (
    ENTRIES,
    MARKS,
    PROMPTS,
    TOKENIZER,
    WEIGHTS,
    Case,
    random_pictures,
    randomize,
    read_case,
    write_case,
    write_vocabulary,
)
from tools.image_reward.compare import compare, main
from ttsvar.nn.prompt_tokenizer import BERT, load_prompt_tokenizer
from ttsvar.rewards.config import ImageRewardConfig
from ttsvar.rewards.image_reward import ImageRewardScorer
from ttsvar.rewards.model import ImageReward

GOLDEN = CASES / "image_reward"
SMALL = ImageRewardConfig(
    image_size=32,
    patch=8,
    vision_width=64,
    vision_layers=2,
    vision_heads=1,
    vocab=ENTRIES + 2,
    positions=40,
    text_width=64,
    text_layers=2,
    text_heads=1,
    text_intermediate=64,
    projection=8,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case as the package's process leaves it, with a small model of our own in the package's place."""
    write_vocabulary(tmp_path)
    model = ImageReward(SMALL).eval()
    randomize(model)
    torch.save(model.state_dict(), tmp_path / WEIGHTS)
    judge = ImageRewardScorer(model, load_prompt_tokenizer(tmp_path / TOKENIZER, BERT), batch=1)
    pictures = random_pictures(2, SMALL.image_size)
    scores = torch.stack([judge.score(pictures, prompt) for prompt in PROMPTS])
    write_case(tmp_path, Case(pictures, PROMPTS, scores, {"image-reward": "none"}))
    return tmp_path


def test_equal_scores_agree_and_are_printed(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(folder)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["agree"]
    assert report["largest_difference"] <= 1e-5
    assert report["spread"] > 0.01


def test_one_score_that_is_off_is_found(folder: Path):
    case = read_case(folder)
    case.scores[1, 0] += 3e-4
    write_case(folder, case)
    report = compare(folder)
    assert report["largest_difference"] == pytest.approx(3e-4, abs=2e-5)
    assert not report["agree"]
    assert main([str(folder)]) == 1


def test_agreement_on_pictures_that_hardly_differ_is_none(folder: Path):
    case = read_case(folder)
    same = replace(case, pictures=case.pictures[:1].expand(2, -1, -1, -1).contiguous())
    write_case(folder, replace(same, scores=case.scores[:, :1].expand(-1, 2).contiguous()))
    report = compare(folder)
    assert report["largest_difference"] <= 1e-5
    assert not report["agree"]


def test_another_layout_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]):
    weights = torch.load(GOLDEN / WEIGHTS, weights_only=True)
    torch.save(dict(list(weights.items())[1:]), folder / WEIGHTS)
    assert main([str(folder)]) == 2
    assert WEIGHTS in capsys.readouterr().err


def test_the_long_prompt_is_cut(folder: Path):
    ids, _ = load_prompt_tokenizer(folder / TOKENIZER, BERT)(PROMPTS[1:])
    assert ids.shape == (1, 35)
    assert MARKS.index("[UNK]") not in ids
