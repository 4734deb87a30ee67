"""The features and the supervised eye of the icon world learn, and a training folder becomes the folder that ships."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from icon_fakes import FakeIcons

from ttsvar.errors import CheckpointError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.checkpoint import save_transformer
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer, save_tokenizer
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.features.dinov2 import load_extractor
from ttsvar.features.labelled import load_supervised
from ttsvar.toybox.detector import DetectorConfig, ToyDetector, save_detector
from ttsvar.toybox.icons import drawn, ship, train_supervised
from ttsvar.toybox.icons.catalogue import NAMES
from ttsvar.toybox.icons.detector_scenes import COLOR_NAMES
from ttsvar.toybox.icons.presets import TOKENIZER, TRANSFORMER, new_text_encoder
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.icons.scenes import Thing
from ttsvar.toybox.icons.ship import PARTS
from ttsvar.toybox.icons.train_features import IconFeaturesTask
from ttsvar.toybox.icons.train_supervised import LABELS, IconSupervisedTask
from ttsvar.toybox.icons.train_tokenizer import IconTokenizerTask
from ttsvar.toybox.icons.vocabulary import ICONS
from ttsvar.toybox.train.loop import FitSettings, fit, snapshot
from ttsvar.toybox.train.supervised import labels_of
from ttsvar.weights.shipped import ASSETS


@pytest.fixture(autouse=True)
def few_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "VALIDATION_SCENES", 6)
    monkeypatch.setattr(train_supervised, "VALIDATION_SCENES", 4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training folder with untrained weights of this world; what no test here trains is the toybox's."""
    path = tmp_path_factory.mktemp("training")
    torch.manual_seed(0)
    for part in PARTS.values():
        (path / part.part).mkdir(exist_ok=True)
    save_tokenizer(BSQAutoencoder(TOKENIZER), path / PARTS["tokenizer.safetensors"].source)
    save_transformer(Infinity(TRANSFORMER).init_weights(0), path / PARTS["transformer.safetensors"].source)
    new_text_encoder().save(path / PARTS["text_encoder.safetensors"].source)
    detector = ToyDetector(DetectorConfig(shapes=tuple(NAMES), colors=COLOR_NAMES))
    save_detector(detector, path / PARTS["detector.safetensors"].source)
    for name in ("features", "supervised", "reward"):
        shutil.copy(ASSETS / "toybox" / f"{name}.safetensors", path / PARTS[f"{name}.safetensors"].source)
    shutil.copy(ASSETS / "toybox" / "reward.safetensors", path / PARTS["preview_reward.safetensors"].source)
    (path / "tokenizer" / "tokenizer.csv").write_text(
        "250,1.0,val_psnr,26.5\n500,2.0,loss,0.1\n500,2.0,val_psnr,27.2\n"
    )
    return path


def test_a_step_of_the_features_and_what_it_saves(folder: Path, tmp_path: Path) -> None:
    task = IconFeaturesTask(Scenery(FakeIcons()), folder / "tokenizer" / "tokenizer.safetensors", batch=4)
    loss, _ = task.loss(0, 0.0, 0, 1)
    loss.backward()
    assert torch.isfinite(loss)
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in task.pair.student.parameters())
    task.save(tmp_path)
    assert load_extractor(tmp_path / "features.safetensors").extract(task.probe.finals).shape[:2] == (6, 256)
    told = json.loads((tmp_path / "features.json").read_text())
    assert 0 <= told["features"]["found_prompts_3_pca"] <= 1
    assert told["pixels"]["effective_rank"] > 0


def test_a_step_of_the_supervised_eye_and_what_it_saves(folder: Path, tmp_path: Path) -> None:
    task = IconSupervisedTask(Scenery(FakeIcons()), folder / "tokenizer" / "tokenizer.safetensors", batch=4)
    losses = []
    for _ in range(2):
        loss, _ = task.loss(0, 0.0, 0, 1)
        loss.backward()
        for optimizer in task.optimizers():
            optimizer.step()
        losses.append(loss.item())
    assert losses[1] < losses[0]
    task.save(tmp_path)
    seen = load_supervised(tmp_path / "supervised.safetensors").extract(torch.zeros(2, 128, 128, 3, dtype=torch.uint8))
    assert len(seen) == 2
    assert set(json.loads((tmp_path / "supervised.json").read_text())["scenes"]) == {"rendering", "reconstruction"}


def test_an_orange_dog_is_no_orange() -> None:
    box = (0.25, 0.25, 0.75, 0.75)
    dog = Thing("dog", "icon", "orange", 0.5, 0.5, 0.5, 0.0, False, box)
    fruit = Thing("orange", "icon", None, 0.5, 0.5, 0.5, 0.0, False, box)

    def said(*things: Thing) -> set[str]:
        return {label for label, held in zip(LABELS, labels_of(things, ICONS, LABELS), strict=True) if held}

    assert len(set(LABELS)) == len(LABELS)
    assert said(dog) == {"dog", "orange thing", "orange dog"}
    assert said(fruit, fruit) == {"orange", "two oranges"}


def test_a_training_folder_becomes_what_ships(folder: Path, tmp_path: Path) -> None:
    card = ship.ship(folder, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*PARTS, "README.md"}
    assert "MIT licence" in card
    assert "Fluent Emoji" in card
    assert "tokenizer, step 500: val_psnr 27.2." in card
    assert all(f"`{name}`" in card for name in PARTS)


def test_what_is_missing_or_too_large_is_refused_before_anything_is_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CheckpointError, match=r"lacks .*preview_reward/reward\.safetensors"):
        ship.ship(tmp_path, tmp_path / "out")
    monkeypatch.setattr(ship, "MOST_BYTES", 10**6)
    with pytest.raises(CheckpointError, match="at most 1"):
        ship.ship(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_becomes_weights_while_its_run_may_go_on(tmp_path: Path) -> None:
    def make() -> IconTokenizerTask:
        return IconTokenizerTask(Scenery(FakeIcons()), 2)

    with pytest.raises(CheckpointError, match="no checkpoint"):
        snapshot(make(), tmp_path)
    fit(make, FitSettings(tmp_path, 1, validate_every=9))
    trained = load_tokenizer(tmp_path / "tokenizer.safetensors").state_dict()
    (tmp_path / "tokenizer.safetensors").unlink()
    assert snapshot(make(), tmp_path) == 1
    again = load_tokenizer(tmp_path / "tokenizer.safetensors").state_dict()
    assert all(torch.equal(value, again[name]) for name, value in trained.items())
