"""Each world owns its words, prompts and detector, and a model of a folder is one of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from ttsvar import load
from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.evaluation.bench.prompts import PUBLISHED, list_of
from ttsvar.evaluation.populations.shipped import populations_path
from ttsvar.evaluation.rules.evaluator import evaluator_for
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.checkpoint import save_transformer
from ttsvar.families.infinity.tokenizer_checkpoint import save_tokenizer
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.families.registry import DETECTOR, FILES, ICONS_FOLDER, PREVIEW_REWARD, TOYBOX_FOLDER
from ttsvar.toybox import presets as toybox
from ttsvar.toybox.detector import DetectorConfig, ToyDetector, save_detector
from ttsvar.toybox.icons.catalogue import NAMES
from ttsvar.toybox.icons.detector_scenes import COLOR_NAMES
from ttsvar.toybox.icons.presets import TOKENIZER, TRANSFORMER, new_text_encoder
from ttsvar.toybox.icons.words import WORDS
from ttsvar.toybox.worlds import WORLDS, detector_of, world_of, world_of_model

TOYBOX, ICONS = WORLDS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Untrained weights of the icon world; the judges and features are the toybox's, which no test here asks."""
    path = tmp_path_factory.mktemp("icons")
    save_transformer(Infinity(TRANSFORMER).init_weights(0), path / "transformer.safetensors")
    save_tokenizer(BSQAutoencoder(TOKENIZER), path / "tokenizer.safetensors")
    new_text_encoder().save(path / "text_encoder.safetensors")
    save_detector(ToyDetector(DetectorConfig(shapes=tuple(NAMES), colors=COLOR_NAMES)), path / DETECTOR)
    for name in ("features.safetensors", "reward.safetensors"):
        (path / name).symlink_to(TOYBOX_FOLDER / name)
    (path / PREVIEW_REWARD).symlink_to(TOYBOX_FOLDER / "reward.safetensors")
    return path


def test_a_world_is_known_by_its_words() -> None:
    assert world_of(toybox.WORDS) is TOYBOX
    assert world_of(WORDS) is ICONS
    assert world_of(("goldfish",)) is None
    assert world_of(()) is None


def test_a_folder_of_weights_is_a_model_of_its_world(folder: Path) -> None:
    engine = load(str(folder))
    assert world_of(engine.prompts.vocabulary) is ICONS
    assert world_of_model(str(folder)) is ICONS
    assert engine.prompts.examples[0] == "a photo of a dog right of a bicycle"
    assert all(ICONS.read(example) is not None for example in engine.prompts.examples)
    assert "preview-reward" in engine.rewards
    judged = evaluator_for(engine)
    assert judged is not None
    assert judged.path == folder / DETECTOR
    verdict = judged.verdict("a photo of three cups", torch.zeros(128, 128, 3, dtype=torch.uint8))
    assert verdict is not None
    assert not verdict.correct
    assert judged.verdict("a photo of a star", torch.zeros(128, 128, 3, dtype=torch.uint8)) is None


def test_the_toybox_has_no_judge_of_previews() -> None:
    engine = load("toybox")
    assert "preview-reward" not in engine.rewards
    assert engine.prompts.examples[0] == "a photo of a red star and a green cup"


def test_missing_weights_are_named_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    for name in FILES[:2]:
        (tmp_path / name).symlink_to(folder / name)
    with pytest.raises(CheckpointError, match=r"lacks tokenizer\.safetensors, features\.safetensors, reward"):
        load(str(tmp_path))


@pytest.mark.skipif(ICONS_FOLDER.is_dir(), reason="weights of the icon world ship")
def test_without_its_weights_the_icon_world_says_what_it_lacks() -> None:
    with pytest.raises(CheckpointError, match=r"weights of icons are not complete: .*icons lacks transformer"):
        load("icons")


def test_prompts_and_populations_are_the_worlds(folder: Path, tmp_path: Path) -> None:
    assert list_of("toybox") == PUBLISHED
    assert populations_path("toybox") == TOYBOX_FOLDER / "populations.npz"
    with pytest.raises(ConfigError, match="--prompts"):
        list_of(str(folder))
    assert list_of(str(folder), tmp_path / "own.jsonl") == tmp_path / "own.jsonl"
    assert populations_path(str(folder)) == ICONS_FOLDER / "populations.npz"
    assert detector_of(ICONS, str(folder)) == folder / DETECTOR
    assert detector_of(TOYBOX, "toybox") == TOYBOX_FOLDER / DETECTOR


def test_who_has_no_detector_is_not_judged() -> None:
    engine = SimpleNamespace(name="nowhere", prompts=SimpleNamespace(vocabulary=WORDS))
    assert (evaluator_for(engine) is None) == (not (ICONS_FOLDER / DETECTOR).is_file())  # type: ignore[arg-type]
