"""The flags of the app and the command line, and what a Space's environment changes."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from ttsvar.commands.cli import command_line
from ttsvar.commands.flags import add_loading_flags, load_settings
from ttsvar.commands.models_table import models_table
from ttsvar.families.load import LoadSettings


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_loading_flags(parser)
    return parser.parse_args(words)


def app_flags(*words: str) -> argparse.Namespace:
    return command_line(["app"]).parse_args(["app", *words])


def test_every_flag_reaches_the_settings():
    assert load_settings(parsed()) == LoadSettings()
    words = "--device cpu --dtype bf16 --weights w --offload --eye dinov2-small --aspect 3/2 --resolution 0.25M"
    chosen = load_settings(parsed(*words.split(), "--level-embedding", "every-chunk"))
    assert chosen == LoadSettings("cpu", "bf16", Path("w"), True, 1.5, "0.25M", True, "dinov2-small")
    assert load_settings(app_flags("--reward", "hps", "--model", "toybox")) == LoadSettings(reward="hps")
    assert load_settings(parsed("--level-embedding", "first-block")).level_every_chunk is False


@pytest.mark.parametrize("ratio", ["0", "-1", "3/0", "wide", "inf"])
def test_a_ratio_that_is_none_is_refused(ratio: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parsed(f"--aspect={ratio}")
    assert "ratio" in capsys.readouterr().err


def test_a_space_sets_what_the_app_starts_with(monkeypatch: pytest.MonkeyPatch):
    for name in ("TTSVAR_MODEL", "TTSVAR_RUNS", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        monkeypatch.delenv(name, raising=False)
    here = app_flags()
    assert (here.model, here.host, here.port, here.runs_dir) == ("toybox", "127.0.0.1", 7860, Path("runs"))
    monkeypatch.setenv("TTSVAR_MODEL", "infinity-125m")
    monkeypatch.setenv("TTSVAR_RUNS", "/data/runs")
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    there = app_flags()
    assert (there.model, there.host, there.runs_dir) == ("infinity-125m", "0.0.0.0", Path("/data/runs"))
    assert app_flags("--model", "toybox").model == "toybox"
    assert app_flags("--allow-host", "a.org", "--allow-host", "b.org").allow_host == ["a.org", "b.org"]


def test_the_list_names_every_file_its_licence_and_whether_it_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ttsvar.commands.models_table.free_bytes", lambda device: int(15e9))
    (tmp_path / "infinity_vae_d16.pth").write_bytes(b"x" * 2_500_000)
    rows = models_table(tmp_path).splitlines()
    here = next(row for row in rows if "infinity_vae_d16.pth" in row)
    assert here.split()[1:] == ["2.5", "MB", "MIT"]
    absent = next(row for row in rows if "infinity_2b_reg.pth" in row)
    assert absent.split()[1:] == ["absent", "MIT"]
    assert any("infinity-2b:" in row and "fits here" in row for row in rows)
    assert any("infinity-8b:" in row and "does not fit here" in row for row in rows)
    assert any("detector.safetensors" in row for row in rows)
    assert any("FOLDER/blip_vqa: the files of Salesforce/blip-vqa-base" in row for row in rows)
    for name in ("hps", "clip-score", "hps+image-reward", "dinov2-large", "var-d30"):
        assert any(row.strip().startswith(name + ":") for row in rows)
