"""GenEval's models on tiny random weights of the same classes, and the parts that can be checked by hand."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import TINY_VISION
from torch import nn

from ttsvar.detections import Detection
from ttsvar.errors import CheckpointError
from ttsvar.evaluation.rules.geneval_models import (
    COLOR_NAMES,
    OBJECT_NAMES,
    ColorClassifier,
    GenEvalMeasure,
    Instance,
    InstanceDetector,
    clip_pixels,
    cut_out,
    load_geneval_measure,
    mask_box,
)
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind


def tiny_mask2former():
    from transformers import Mask2FormerConfig, Mask2FormerForUniversalSegmentation, SwinConfig

    swin: dict[str, Any] = {
        "embed_dim": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 1, 1, 1], "window_size": 4,
        "out_features": ["stage1", "stage2", "stage3", "stage4"],
    }  # fmt: skip
    sizes: dict[str, Any] = {
        "feature_size": 32, "mask_feature_size": 32, "hidden_dim": 32, "encoder_feedforward_dim": 32,
        "dim_feedforward": 32, "encoder_layers": 1, "decoder_layers": 2, "num_attention_heads": 2, "num_queries": 5,
        "num_labels": len(OBJECT_NAMES),
    }  # fmt: skip
    config = Mask2FormerConfig(backbone_config=SwinConfig(**swin), **sizes)
    torch.manual_seed(0)
    return Mask2FormerForUniversalSegmentation(config).eval()


def tiny_clip(folder):
    from transformers import CLIPConfig, CLIPModel

    words = [
        "<|startoftext|>",
        "<|endoftext|>",
        *(chr(c) for c in range(33, 127)),
        *(chr(c) + "</w>" for c in range(33, 127)),
    ]
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 77})
    )
    text = {
        "vocab_size": len(words), "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "eos_token_id": 1, "bos_token_id": 0, "pad_token_id": 1,
    }  # fmt: skip
    torch.manual_seed(0)
    return CLIPModel(CLIPConfig(text_config=text, vision_config=TINY_VISION, projection_dim=8)).eval()


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for name in ("mask2former", "clip"):
        (folder / name).mkdir()
    tiny_mask2former().save_pretrained(folder / "mask2former")
    tiny_clip(folder / "clip").save_pretrained(folder / "clip")
    return folder


def picture(height=40, width=60):
    return torch.from_numpy(np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8))


def test_the_real_classes_load_and_judge(models):
    measure = load_geneval_measure(models)
    detector = InstanceDetector(measure.detector.model, short_edge=64, long_edge=128)
    found = detector.detect(picture()[None])[0]
    scores = [d.score for d in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= d.box[0] <= d.box[2] <= 60 and 0 <= d.box[1] <= d.box[3] <= 40 for d in found)
    assert {d.cls for d in found} <= set(OBJECT_NAMES)
    verdict = GenEvalMeasure(detector, measure.classifier).verdict(
        picture(), {"tag": "colors", "include": [{"class": "cup", "count": 1, "color": "red"}]}
    )
    assert not verdict.correct


def test_colors_are_named_by_the_real_clip_class(models):
    classifier = load_geneval_measure(models).classifier
    mask = np.zeros((40, 60), bool)
    mask[5:20, 10:30] = True
    cup = Instance(Detection("cup", (10, 5, 30, 20), 0.9), mask)
    named = classifier.colors(picture(), [cup, cup])
    assert named[0] == named[1]
    assert set(named) <= set(COLOR_NAMES)
    assert classifier.colors(picture(), []) == []


def test_missing_files_and_wrong_weights_are_named(models, tmp_path):
    with pytest.raises(CheckpointError, match="openai/clip-vit-large-patch14"):
        load_geneval_measure(tmp_path)
    import shutil

    shutil.copytree(models, tmp_path / "spoilt")
    config = json.loads((tmp_path / "spoilt/clip/config.json").read_text())
    config["text_config"]["num_hidden_layers"] = 2
    (tmp_path / "spoilt/clip/config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="missing_keys"):
        load_geneval_measure(tmp_path / "spoilt")


class OneSquare(nn.Module):
    """Answers as Mask2Former does: one query, surely a cup, whose mask covers the left half of what it is shown."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.shown = []

    def forward(self, pixel_values):
        self.shown.append(tuple(pixel_values.shape))
        height, width = pixel_values.shape[-2:]
        classes = torch.full((1, 1, len(OBJECT_NAMES) + 1), -20.0)
        classes[0, 0, OBJECT_NAMES.index("cup")] = 20.0
        masks = torch.full((1, 1, height // 4, width // 4), -4.0)
        masks[..., : 25 // 4 + 1] = 4.0
        return SimpleNamespace(class_queries_logits=classes, masks_queries_logits=masks)


def test_a_mask_becomes_a_box_and_a_score_in_pixels_of_the_image():
    model = OneSquare()
    found = InstanceDetector(model, short_edge=50, long_edge=1000).instances(picture(100, 100))
    assert model.shown == [(1, 3, 64, 64)]
    best = found[0]
    assert best.detection.cls == "cup"
    assert best.detection.box[:2] == (0.0, 0.0)
    assert best.detection.box[2] == pytest.approx(56, abs=3)
    assert best.detection.box[3] == 100.0
    assert best.detection.score == pytest.approx(torch.tensor(4.0).sigmoid().item(), abs=0.08)


def test_the_longer_side_is_limited():
    model = OneSquare()
    InstanceDetector(model, short_edge=50, long_edge=100).instances(picture(40, 160))
    assert model.shown == [(1, 3, 32, 128)]


class Reddish:
    """A classifier that says what it was shown."""

    def __init__(self):
        self.asked = []

    def colors(self, image, objects):
        self.asked += [o.detection.score for o in objects]
        return ["red"] * len(objects)


class Fixed:
    def __init__(self, *scores):
        self.found = [Instance(Detection("cup", (0, 0, 10, 10), s), np.ones((40, 60), bool)) for s in scores]

    def instances(self, image):
        return self.found


def test_colors_are_asked_of_the_surest_objects_only_and_only_where_the_prompt_names_one():
    classifier = Reddish()
    measure = GenEvalMeasure(Fixed(0.9, 0.8, 0.2), classifier)  # type: ignore[arg-type]
    red = {"tag": "colors", "include": [{"class": "cup", "count": 1, "color": "red"}]}
    assert measure.verdict(picture(), red).correct
    assert classifier.asked == [0.9]
    assert measure.verdict(picture(), {"tag": "single_object", "include": [{"class": "cup", "count": 1}]}).correct
    assert classifier.asked == [0.9]
    blue = {"tag": "colors", "include": [{"class": "cup", "count": 1, "color": "blue"}]}
    assert measure.verdict(picture(), blue).reasons == (
        Shortfall(kind=ShortfallKind.COLOR, thing="cup", asked=1, found=0, color="blue", seen=("red",)),
    )


def test_what_lies_outside_the_mask_is_grey():
    mask = np.zeros((40, 60), bool)
    mask[10:20, 10:15] = True
    image = torch.full((40, 60, 3), 7, dtype=torch.uint8)
    crop = np.asarray(cut_out(image, Instance(Detection("cup", (10, 10, 20, 20), 1.0), mask)))
    assert crop.shape == (10, 10, 3)
    assert (crop[:, :5] == 7).all()
    assert (crop[:, 5:] == 0x99).all()


def test_boxes_of_masks():
    mask = torch.zeros(10, 12, dtype=torch.bool)
    assert mask_box(mask) == (0.0, 0.0, 0.0, 0.0)
    mask[2:5, 3] = True
    assert mask_box(mask) == (3.0, 2.0, 4.0, 5.0)


def test_clip_sees_the_middle_square():
    tall = Image.new("RGB", (10, 30), (255, 0, 0))
    tall.paste((0, 0, 255), (0, 10, 10, 20))
    pixels = clip_pixels(tall, 32)
    assert pixels.shape == (3, 32, 32)
    assert pixels[2, 16, 16] > pixels[0, 16, 16]


def test_one_classifier_a_class(models):
    classifier = load_geneval_measure(models).classifier
    assert isinstance(classifier, ColorClassifier)
    rows = classifier._classifier("cup")
    assert rows.shape == (10, 8)
    assert torch.allclose(rows.norm(dim=1), torch.ones(10), atol=1e-5)
    assert classifier._classifier("cup") is rows
