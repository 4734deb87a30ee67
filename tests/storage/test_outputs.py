"""Paths of results are refused before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ttsvar.commands.cli import main
from ttsvar.errors import FileError
from ttsvar.storage.outputs import PICTURES, prepare


def test_a_good_path_has_its_folder_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "picture.PNG"
    prepare(path, *PICTURES)
    assert path.parent.is_dir()
    assert not path.exists()


def test_what_is_there_is_not_touched_yet(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text("kept")
    prepare(path)
    assert path.read_text() == "kept"


@pytest.mark.parametrize(
    ("path", "says"), [(".", "is a folder"), ("a.xyz", "must end in .png or .jpg"), ("file/x.png", "cannot be written")]
)
def test_a_wrong_path_is_explained(tmp_path: Path, path: str, says: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FileError, match=says):
        prepare(tmp_path / path, *PICTURES)


@pytest.mark.parametrize("command", ["generate", "sheet", "replay"])
def test_commands_refuse_a_path_before_they_load_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr("ttsvar.families.load.load", lambda *_, **__: pytest.fail("a model was loaded"))
    given = {"generate": ["a photo of a cup"], "sheet": [], "replay": ["old.png"]}[command]
    assert main([command, *given, "--out", str(tmp_path)]) == 2
    assert "is a folder; name a file in it" in capsys.readouterr().err


def test_only_a_png_carries_a_recipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "a photo of a cup", "--out", str(tmp_path / "cup.jpg")]) == 2
    assert "must end in .png" in capsys.readouterr().err
