from __future__ import annotations

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import TINY_VISION

from ttsvar.commands.cli import main
from ttsvar.detections import Detection
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.compbench import CompBench, box_overlap, load_compbench, noun_phrases, place_score

IMAGE = torch.zeros(40, 60, 3, dtype=torch.uint8)


class Sees:
    def __init__(self, *found):
        self.found = list(found)

    def detect(self, images):
        return [self.found] * len(images)


def at(cls, x, y=0.0, score=0.9):
    return Detection(cls, (x, y, x + 10.0, y + 10.0), score)


def test_noun_phrases_of_plain_prompts_and_of_no_others():
    assert noun_phrases("a green bench and a blue bowl") == ["a green bench", "a blue bowl"]
    assert noun_phrases("A round cookie, a square table, and the oval mirror.") == [
        "a round cookie", "a square table", "the oval mirror",
    ]  # fmt: skip
    assert noun_phrases("the black chair is on the left of the white table") == []
    assert noun_phrases("red apples and green pears") == []


class Says:
    def yes(self, image, phrases):
        return [0.5, 0.25][: len(phrases)]


def test_attributes_multiply_the_probabilities_of_yes():
    bench = CompBench(asker=Says())  # type: ignore[arg-type]
    assert bench.score("color", IMAGE, "a green bench and a blue bowl") == (0.125, "")
    score, why = bench.score("texture", IMAGE, "the chair is near the table")
    assert score is None
    assert "noun phrases" in why


def test_numbers_earn_half_for_being_there_and_half_for_being_right():
    bench = CompBench(detector=Sees(at("cup", 0), at("cup", 20), at("dog", 0), at("cup", 40, score=0.1)))
    assert bench.score("numeracy", IMAGE, "two cups") == (1.0, "")
    assert bench.score("numeracy", IMAGE, "three cups") == (0.5, "")
    assert bench.score("numeracy", IMAGE, "two cups and two dogs") == (0.75, "")
    assert bench.score("numeracy", IMAGE, "two cats") == (0.0, "")
    assert bench.score("numeracy", IMAGE, "two dragons")[0] is None


def test_places_earn_half_and_objects_their_scores():
    bench = CompBench(detector=Sees(at("dog", 0), at("person", 30, score=0.7)))
    assert bench.score("spatial", IMAGE, "a dog on the left of a man")[0] == pytest.approx(0.5 + 0.4)
    # Both are there, but on the other side: 0.4 is less than a half, so nothing.
    assert bench.score("spatial", IMAGE, "a dog on the right of a man")[0] == 0.0
    assert bench.score("spatial", IMAGE, "a dog behind a man")[0] is None


@pytest.mark.parametrize(
    ("place", "second", "score"),
    [
        ("on the left of", (30.0, 0.0), 1.0),
        ("on the left of", (-30.0, 0.0), 0.0),
        ("on the top of", (0.0, 30.0), 1.0),
        ("on the bottom of", (0.0, -30.0), 1.0),
        ("on the left of", (30.0, 40.0), 0.0),
        ("near", (149.0, 900.0), 1.0),
        ("next to", (300.0, 200.0), 0.5),
        ("on the left of", (5.0, 0.0), 0.1 / (1 / 3)),
    ],
)
def test_places_by_hand(place, second, score):
    x, y = second
    assert place_score(place, (0, 0, 10, 10), (x, y, x + 10, y + 10)) == pytest.approx(score)


whole, beyond = st.integers(0, 50).map(float), st.integers(60, 100).map(float)
box = st.tuples(whole, whole, beyond, beyond)


@given(box, box)
def test_sides_turn_round_with_the_objects(a, b):
    assert place_score("on the left of", a, b) == pytest.approx(place_score("on the right of", b, a))
    assert place_score("on the top of", a, b) == pytest.approx(place_score("on the bottom of", b, a))
    assert 0.0 <= place_score("on the left of", a, b) <= 1.0
    assert box_overlap(a, b) == pytest.approx(box_overlap(b, a))
    assert box_overlap(a, a) == pytest.approx(1.0)


def tiny_blip(folder):
    from transformers import BlipConfig, BlipForQuestionAnswering

    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "a",
        "green",
        "blue",
        "bench",
        "bowl",
        "yes",
        "no",
        "?",
        "[DEC]",
    ]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    text = {
        "vocab_size": len(words), "hidden_size": 16, "encoder_hidden_size": 16, "intermediate_size": 16,
        "num_hidden_layers": 1, "num_attention_heads": 2, "bos_token_id": 13, "sep_token_id": 3, "pad_token_id": 0,
        "eos_token_id": 3, "projection_dim": 16, "hidden_act": "gelu",
    }  # fmt: skip
    torch.manual_seed(0)
    model = BlipForQuestionAnswering(BlipConfig(text_config=text, vision_config=TINY_VISION, projection_dim=16)).eval()
    model.save_pretrained(folder)
    return model


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "blip_vqa").mkdir()
    tiny_blip(folder / "blip_vqa")
    return folder


def test_the_real_class_is_asked_for_the_probability_of_yes(models):
    bench = load_compbench(models, "color")
    assert bench.asker is not None
    together = bench.asker.yes(IMAGE, ["a green bench", "a blue bowl"])
    assert together == pytest.approx(
        [bench.asker.yes(IMAGE, [p])[0] for p in ("a green bench", "a blue bowl")], abs=1e-6
    )
    assert all(0 < share < 1 for share in together)
    assert bench.score("color", IMAGE, "a green bench and a blue bowl")[0] == pytest.approx(together[0] * together[1])


def test_the_command_scores_a_folder_and_says_what_is_left_out(models, tmp_path, capsys):
    from PIL import Image

    for name in ("a green bench and a blue bowl_000000.png", "the bowl is near the bench_000001.png"):
        Image.new("RGB", (40, 40)).save(tmp_path / name)
    out = tmp_path / "out" / "scores.jsonl"
    assert main(["compbench", str(tmp_path), "color", "--measure", str(models), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "over 1 images" in printed
    assert "left out: 1 images" in printed
    assert "3d_spatial" in printed
    assert len(out.read_text().splitlines()) == 2


def test_other_categories_are_refused():
    with pytest.raises(ConfigError, match="no category 'complex'"):
        CompBench().score("complex", IMAGE, "a cup")
