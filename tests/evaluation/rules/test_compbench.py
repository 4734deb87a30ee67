from __future__ import annotations

import json
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tiny_models import TINY_VISION

from ttsvar.commands.cli import main
from ttsvar.detections import Detection
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.compbench import (
    CompBench,
    Likeness,
    box_overlap,
    load_compbench,
    merged,
    noun_phrases,
    place_score,
)
from ttsvar.evaluation.rules.complex_prompts import ComplexReader, load_reader
from ttsvar.evaluation.rules.geneval_models import clip_pixels

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


def test_an_object_that_is_seen_twice_is_counted_once():
    whole, part = Detection("cup", (0.0, 0.0, 10.0, 10.0), 0.9), Detection("cup", (1.0, 1.0, 6.0, 6.0), 0.8)
    beside, other = Detection("cup", (8.0, 0.0, 18.0, 10.0), 0.7), Detection("dog", (0.0, 0.0, 10.0, 10.0), 0.95)
    assert merged([part, whole, beside, other]) == [other, whole, beside], "the surest of a class stays"
    bench = CompBench(detector=Sees(part, whole, beside))
    assert bench.score("numeracy", IMAGE, "two cups") == (1.0, "")
    assert merged([Detection("cup", (3.0, 3.0, 3.0, 3.0), 0.9)] * 2) != [], "a box without an area covers nothing"


class Like:
    def score(self, image, text):
        return {"a dog is chasing a cat": 0.25, "the dog chasing cat": 0.75}[text]


class Token:
    def __init__(self, text, pos):
        self.text, self.pos_ = text, pos


class Parsed(list):
    noun_chunks = (Token("the small dog", ""), Token("cat", ""), Token("the left", ""))


def read(prompt):
    return Parsed([Token("the", "DET"), Token("small", "ADJ"), Token("dog", "NOUN"), Token("chasing", "VERB"),
                   Token("cat", "NOUN")])  # fmt: skip


def test_actions_are_scored_by_likeness():
    bench = CompBench(likeness=Like())  # type: ignore[arg-type]
    assert bench.score("non_spatial", IMAGE, "a dog is chasing a cat") == (0.25, "")


def test_complex_prompts_get_the_mean_of_what_they_hold():
    place, action = "a dog on the left of a man", "The small dog is chasing a cat."
    reader = ComplexReader(read, frozenset({place}), frozenset({"the small dog is chasing a cat"}))
    assert reader.phrases(action) == ["the small dog", "cat"]
    bench = CompBench(
        asker=Says(), detector=Sees(at("dog", 0), at("person", 30)), likeness=Like(), reader=reader  # type: ignore[arg-type]
    )  # fmt: skip
    assert bench.score("complex", IMAGE, action)[0] == pytest.approx((0.125 + 0.75) / 2)
    assert bench.score("complex", IMAGE, place)[0] == pytest.approx((0.125 + 0.95) / 2)
    assert bench.score("complex", IMAGE, "a dog on the left of a man, barking")[0] is None, "an unknown object"
    everything = CompBench(bench.asker, bench.detector, bench.likeness, ComplexReader(read))
    assert everything.score("complex", IMAGE, place)[0] == pytest.approx((0.125 + 0.95 + 0.75) / 3)


def test_complex_asks_for_what_it_reads_with(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="--lists"):
        load_reader(None)
    for kind in ("spatial", "action"):
        (tmp_path / f"complex_val_{kind}.txt").write_text("A red cup on a table.\n")
    monkeypatch.setitem(sys.modules, "spacy", None)  # as if it were not installed
    with pytest.raises(ConfigError, match="pip install spacy"):
        load_reader(tmp_path)


def test_the_likeness_is_clips_cosine(tmp_path):
    from transformers import CLIPConfig, CLIPModel

    torch.manual_seed(0)
    text = {"vocab_size": 40, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
            "num_attention_heads": 2, "max_position_embeddings": 8, "eos_token_id": 2}  # fmt: skip
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=TINY_VISION, projection_dim=8)).eval()

    def tokenizer(texts, **_):
        return {"input_ids": torch.tensor([[1, 5, 2]])}

    image = torch.randint(0, 256, (40, 60, 3), dtype=torch.uint8)
    size = TINY_VISION["image_size"]
    with torch.no_grad():
        told = model(
            input_ids=torch.tensor([[1, 5, 2]]),
            attention_mask=torch.ones(1, 3, dtype=torch.long),
            pixel_values=clip_pixels(Image.fromarray(image.numpy()), size)[None],
        )
    expected = float((told.image_embeds @ told.text_embeds.T).item())
    assert Likeness(model, tokenizer).score(image, "a cup") == pytest.approx(expected, abs=1e-5)


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
    with pytest.raises(ConfigError, match="no category '3d_spatial'"):
        CompBench().score("3d_spatial", IMAGE, "a cup")
