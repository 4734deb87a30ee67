"""Images made elsewhere, in GenEval's folder layout."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from sweep_fakes import GuessingDetector

from ttsvar.commands.cli import main
from ttsvar.errors import ConfigError, ImageError
from ttsvar.evaluation.bench.image_folders import geneval_images, named_images, read_image
from ttsvar.evaluation.bench.prompts import evaluation_prompts
from ttsvar.evaluation.bench.score_folder import score_geneval
from ttsvar.evaluation.rules.measures import DetectorMeasure
from ttsvar.toybox.world.prompts import TAGS, sample_request, scene_for
from ttsvar.toybox.world.scenes import render


@pytest.fixture
def folder(tmp_path):
    """A drawn scene of every form that satisfies its prompt, and one that shows something else."""
    rng = np.random.default_rng(0)
    for place, prompt in enumerate(evaluation_prompts(1)):
        request = sample_request(rng, prompt.tag)
        samples = tmp_path / f"{place:05d}" / "samples"
        samples.mkdir(parents=True)
        (samples.parent / "metadata.jsonl").write_text(json.dumps(request.metadata))
        Image.fromarray(render(scene_for(request, rng))).save(samples / "0000.png")
    other = sample_request(np.random.default_rng(1), "counting")
    Image.fromarray(render(scene_for(other, rng))).save(tmp_path / "00000" / "samples" / "0001.png")
    return tmp_path


def test_the_toybox_detector_scores_drawn_scenes(folder, tmp_path, capsys):
    out = tmp_path / "results.jsonl"
    assert main(["geneval", str(folder), "--out", str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["correct"] for row in rows] == [True, False, *[True] * (len(TAGS) - 1)]
    assert set(rows[0]) == {"filename", "tag", "prompt", "correct", "reason"}
    assert f"{len(TAGS) + 1} images, {len(TAGS)} prompts" in capsys.readouterr().out


def test_no_detector_is_asked_for_what_it_does_not_know(folder, tmp_path, capsys):
    metadata = {"tag": "single_object", "prompt": "a photo of a unicorn", "include": [{"class": "unicorn", "count": 1}]}
    (folder / "00001" / "metadata.jsonl").write_text(json.dumps(metadata))
    assert main(["geneval", str(folder), "--out", str(tmp_path / "results.jsonl")]) == 2
    assert "unicorn, which no detector here knows" in capsys.readouterr().err


def test_an_unreadable_image_is_named_and_rows_before_it_are_kept(folder, tmp_path):
    (folder / "00002" / "samples" / "0000.png").write_bytes(b"no picture")
    out = tmp_path / "results.jsonl"
    with pytest.raises(ImageError, match=r"00002/samples/0000\.png cannot be read"):
        score_geneval(folder, DetectorMeasure(GuessingDetector()), out)
    assert len(out.read_text().splitlines()) == 3


def test_metadata_may_come_from_one_list(folder):
    for place in folder.glob("*/metadata.jsonl"):
        place.unlink()
    with pytest.raises(ConfigError, match=r"no metadata\.jsonl.*--metadata"):
        geneval_images(folder)
    listed = folder / "evaluation_metadata.jsonl"
    listed.write_text("".join(json.dumps(p.metadata) + "\n" for p in evaluation_prompts(1)))
    assert [i.metadata["tag"] for i in geneval_images(folder, listed)][2:] == [p.tag for p in evaluation_prompts(1)][1:]


def test_other_layouts_are_explained(tmp_path):
    with pytest.raises(ConfigError, match="not in GenEval's layout"):
        geneval_images(tmp_path)
    (tmp_path / "00000").mkdir()
    with pytest.raises(ConfigError, match="no image in samples/"):
        geneval_images(tmp_path)
    with pytest.raises(ConfigError, match="holds no image"):
        list(named_images(tmp_path))
    Image.new("RGB", (4, 4)).save(tmp_path / "nameless.png")
    with pytest.raises(ConfigError, match="does not tell its prompt"):
        list(named_images(tmp_path))


def test_pictures_are_turned_as_exif_says_and_made_rgb(tmp_path):
    image = Image.new("L", (4, 8), 200)
    exif = image.getexif()
    exif[274] = 6
    image.save(tmp_path / "turned.jpg", exif=exif)
    assert tuple(read_image(tmp_path / "turned.jpg").shape) == (4, 8, 3)


@pytest.mark.parametrize("kind", ["uint16", "big", "int32"])
def test_deep_greys_are_scaled_and_never_white(tmp_path, kind):
    grey = np.arange(256, dtype=np.uint16).reshape(16, 16) * 257
    path = tmp_path / ("deep.tif" if kind != "uint16" else "deep.png")
    if kind == "big":
        Image.frombytes("I;16B", (16, 16), grey.astype(">u2").tobytes()).save(path)
    else:
        Image.fromarray(grey if kind == "uint16" else grey.astype(np.int32)).save(path)
    expected = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2)
    assert np.array_equal(read_image(path).numpy(), expected)


@pytest.mark.parametrize("values", [np.full((4, 4), 0.5, np.float32), np.full((4, 4), 70000, np.int32)])
def test_numbers_that_are_no_levels_are_refused_by_name(tmp_path, values):
    Image.fromarray(values).save(tmp_path / "odd.tif")
    with pytest.raises(ImageError, match=r"odd\.tif holds .*; save it with 8 or 16 bits a channel"):
        read_image(tmp_path / "odd.tif")


def test_hidden_companions_are_no_pictures(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a red car_000000.png")
    (tmp_path / "._a red car_000000.png").write_bytes(b"\0\5\x16\7" + b"\0" * 96)
    assert [path.name for path, _ in named_images(tmp_path)] == ["a red car_000000.png"]


def test_wrong_metadata_stops_before_the_results_are_emptied(folder, tmp_path, capsys):
    out = tmp_path / "results.jsonl"
    out.write_text("earlier")
    (folder / "00003" / "metadata.jsonl").write_text('{"tag": "t", "prompt": "p", "include": [{"class": "star"}]}')
    assert main(["geneval", str(folder), "--out", str(out)]) == 2
    assert "00003/metadata.jsonl, line 1" in capsys.readouterr().err
    assert out.read_text() == "earlier"
