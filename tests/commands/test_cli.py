"""The command line on the shipped weights: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from ttsvar.commands.cli import main
from ttsvar.families.load import FILES


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.slow
def test_generate_prints_every_decision_and_writes_the_recipe(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "stars.png"
    code, text, _ = run(capsys, "generate", "a photo of two red stars", "--json", "--out", str(out))
    assert code == 0
    report = json.loads(text)
    assert report["about"].startswith("Starts with many candidates")
    decided = {step["scale"]: step["decision"] for step in report["steps"] if step["decision"]}
    assert decided == {2: "cluster", 5: "cluster", 6: "resample", 9: "resample"}
    assert [step["alive"] for step in report["steps"]] == [8, 8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1]
    image = Image.open(out)
    assert image.size == (128, 128)
    assert json.loads(image.info["ttsvar"])["prompt"] == "a photo of two red stars"


@pytest.mark.slow
def test_the_same_command_gives_the_same_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pictures = []
    for name in ("a.png", "b.png"):
        code, _, _ = run(
            capsys,
            "generate",
            "a photo of a blue fish",
            "--search",
            "raw",
            "--seed",
            "3",
            "--out",
            str(tmp_path / name),
        )
        assert code == 0
        pictures.append(Image.open(tmp_path / name).tobytes())
    assert pictures[0] == pictures[1]


@pytest.mark.slow
def test_a_saved_picture_is_made_again_to_the_bit(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, again, bare = (str(tmp_path / name) for name in ("first.png", "again.png", "bare.png"))
    prompt = ("generate", "a photo of a blue fish", "--search", "raw", "--seed", "3")
    assert run(capsys, *prompt, "--out", first)[0] == 0
    code, text, _ = run(capsys, "replay", first, "--out", again)
    assert code == 0
    assert "0 bits came out differently" in text
    assert Path(first).read_bytes() == Path(again).read_bytes()
    assert run(capsys, *prompt, "--no-recipe", "--out", bare)[0] == 0
    assert not Image.open(bare).info
    assert Image.open(bare).tobytes() == Image.open(first).tobytes()
    code, _, err = run(capsys, "replay", bare, "--out", again)
    assert code == 2
    assert "carries no recipe" in err


def test_the_table_names_unknown_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = str(tmp_path / "x.png")
    code, text, _ = run(capsys, "generate", "a photo of a cobalt star", "--search", "raw", "--out", out)
    assert code == 0
    assert "toybox does not know: cobalt." in text
    assert f"image: {out}" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a star", "--search", "magic"], "no search named 'magic'"),
        (["a star", "--n", "0"], "n is 0"),
        (["  "], "prompt"),
        (["a star", "--batch", "8,8,6"], "13 scales"),
        (["a star", "--batch", "8,8,6,6,6,4,2,2,3,1,1,1,1"], "Scale 8"),
        (["a star", "--model", "infinity-9b"], "no model named 'infinity-9b'"),
        (["a star", "--device", "abacus"], "device is 'abacus'"),
        (["a star", "--reward", "taste"], "no judge named 'taste'; choose one of image-reward,"),
        (["a star", "--eye", "dinov9"], "no feature extractor named 'dinov9'; choose one of dinov2-small,"),
        (["a star", "--eye", "inception"], "has no patches to map"),
    ],
)
def test_errors_say_which_value_is_wrong(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, _, err = run(capsys, "generate", *arguments)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


def test_models_lists_every_file_with_its_size(capsys: pytest.CaptureFixture[str]) -> None:
    code, text, _ = run(capsys, "models")
    assert code == 0
    for file in FILES:
        assert any(file in line and line.endswith("MB") for line in text.splitlines())


def test_conformance_refuses_a_folder_it_does_not_know(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(capsys, "conformance", str(tmp_path), "--out", str(tmp_path / "got.json"))
    assert code == 2
    assert "no known kind of reference case" in err


def test_a_model_folder_that_lacks_files_is_explained(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(capsys, "generate", "a star", "--model", str(tmp_path))
    assert code == 2
    assert "lacks transformer.safetensors" in err
