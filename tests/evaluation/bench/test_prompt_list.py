"""A list of prompts becomes a folder that T2I-CompBench's scripts, and ours, can read."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_fakes import page_engine

from ttsvar.commands.cli import main
from ttsvar.config import SEARCHES
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.image_folders import named_images
from ttsvar.evaluation.bench.prompt_list import draw_prompts, read_prompt_list
from ttsvar.storage.png import read_recipe

LIST = "a green bench and a blue bowl.\n\n A red star. \n"


def test_pictures_are_numbered_through_the_list_and_those_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / "color_val.txt").write_text(LIST)
    prompts = read_prompt_list(tmp_path / "color_val.txt")
    assert prompts == ["a green bench and a blue bowl", "A red star"]
    engine, out = page_engine(), tmp_path / "out"
    assert draw_prompts(engine, prompts, out, search=SEARCHES["raw"], images=2) == 4
    drawn = dict(named_images(out))
    assert {path.name: prompt for path, prompt in drawn.items()} == {
        "a green bench and a blue bowl_000000.png": prompts[0],
        "a green bench and a blue bowl_000001.png": prompts[0],
        "A red star_000002.png": prompts[1],
        "A red star_000003.png": prompts[1],
    }
    last = out / "samples" / "A red star_000003.png"
    assert read_recipe(last.read_bytes()).run.seed == 1
    first = last.read_bytes()
    last.unlink()
    assert draw_prompts(engine, prompts, out, search=SEARCHES["raw"], images=2) == 1
    assert last.read_bytes() == first


@pytest.mark.parametrize(
    ("text", "says"),
    [("\n \n", "holds no prompt"), ("a cup\na cup.\n", "'a cup' twice"), ("a cup/mug\n", "named after 'a cup/mug'"),
     ("a " * 200, "named after")],
)  # fmt: skip
def test_what_no_folder_can_hold_is_refused_before_anything_is_drawn(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "list.txt").write_text(text)
    with pytest.raises(ConfigError, match=says):
        read_prompt_list(tmp_path / "list.txt")


def test_the_command_takes_a_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "list.txt").write_text("a red star\n")
    monkeypatch.setattr("ttsvar.families.load.load", lambda *_, **__: page_engine())
    words = ["draw", str(tmp_path / "list.txt"), str(tmp_path / "out"), "--search", "best-of-n", "--n", "2"]
    assert main([*words, "--images", "1"]) == 0
    (path, _), *others = named_images(tmp_path / "out")
    assert not others
    run = read_recipe(path.read_bytes()).run
    assert (run.search.strategy, run.search.n) == ("best-of-n", 2)
    assert main([*words, "--images", "0"]) == 2
