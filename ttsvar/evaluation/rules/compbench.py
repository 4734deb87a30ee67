"""T2I-CompBench (arXiv 2307.06350) through transformers: B-VQA for attributes, detections for numbers and places.

B-VQA asks BLIP's VQA model about every noun phrase of the prompt and multiplies the probabilities of "yes". Numbers and
places are scored from detections. The original cuts prompts with spaCy and detects with UniDet's 700 classes; here a
prompt must be of the benchmark's plain forms, and the detector knows COCO's 80 classes. What does not fit is left out
and counted, never scored 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from ttsvar.detections import Detection, Detector
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.geneval_models import (
    CLIP,
    OBJECT_NAMES,
    device_of,
    load_instance_detector,
    load_part,
    normalised,
)
from ttsvar.evaluation.rules.sources import SOURCES

CATEGORIES = {
    "color": "B-VQA",
    "shape": "B-VQA",
    "texture": "B-VQA",
    "numeracy": "detections",
    "spatial": "detections",
}
NOT_COVERED = {
    "3d_spatial": "needs a depth model",
    "non_spatial": "needs a language model as judge",
    "complex": "needs a language model as judge",
}
PEOPLE = ("girl", "boy", "man", "woman")
NUMBERS = {word: n for n, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight"), start=1)}
NUMBERS |= {"a": 1, "an": 1}
LEAST_SCORE = 0.3
"""Detections that count."""
OVERLAP, REACH = 0.1, 150.0
"""Intersection over union above which a side counts for less, and the pixels that are still near."""
PLACES = (
    "on the left of", "on the right of", "on the bottom of", "on the top of", "on top of", "on side of", "next to",
    "near",
)  # fmt: skip


@dataclass(frozen=True)
class YesNo:
    """BLIP's VQA model, asked whether it sees something."""

    model: Any
    tokenizer: Any

    @torch.inference_mode()
    def yes(self, image: Tensor, phrases: Sequence[str]) -> list[float]:
        """The probability that the answer to 'PHRASE?' begins with 'yes', of one image uint8 [H, W, 3]."""
        device = device_of(self.model)
        size = self.model.config.vision_config.image_size
        resized = Image.fromarray(image.numpy()).resize((size, size), Image.Resampling.BICUBIC)
        pixels = normalised(resized, *CLIP)[None].to(device)
        seen = self.model.vision_model(pixel_values=pixels).last_hidden_state.expand(len(phrases), -1, -1)
        asked = self.tokenizer([f"{phrase}?" for phrase in phrases], padding=True, return_tensors="pt").to(device)
        mask = torch.ones(seen.shape[:2], dtype=torch.long, device=device)
        question = self.model.text_encoder(
            input_ids=asked["input_ids"],
            attention_mask=asked["attention_mask"],
            encoder_hidden_states=seen,
            encoder_attention_mask=mask,
        ).last_hidden_state
        start = torch.full((len(phrases), 1), self.model.config.text_config.bos_token_id, device=device)
        logits = self.model.text_decoder(
            input_ids=start, encoder_hidden_states=question, encoder_attention_mask=asked["attention_mask"]
        ).logits
        yes = self.tokenizer.convert_tokens_to_ids("yes")
        return logits[:, 0].float().softmax(-1)[:, yes].tolist()


@dataclass(frozen=True)
class CompBench:
    """What a category is scored with."""

    asker: YesNo | None = None
    detector: Detector | None = None

    def score(self, category: str, image: Tensor, prompt: str) -> tuple[float | None, str]:
        """Score from 0 to 1 of an image uint8 [H, W, 3], or None and the reason why it is left out."""
        if category not in CATEGORIES:
            covered = ", ".join(CATEGORIES)
            raise ConfigError(f"There is no category {category!r} here; covered are {covered}.")
        if CATEGORIES[category] == "B-VQA":
            phrases = noun_phrases(prompt)
            if not phrases:
                return None, "prompts that are no list of noun phrases"
            assert self.asker is not None
            product = 1.0
            for share in self.asker.yes(image, phrases):
                product *= share
            return product, ""
        assert self.detector is not None
        if category == "numeracy":
            return numeracy_score(prompt, self.detector, image)
        return spatial_score(prompt, self.detector, image)


def load_compbench(folder: str | Path, category: str, device: str | None = None) -> CompBench:
    """The models that a category needs, from `folder`/blip_vqa or `folder`/mask2former."""
    if CATEGORIES.get(category) == "detections":
        return CompBench(detector=load_instance_detector(folder, device))
    from transformers import AutoTokenizer, BlipForQuestionAnswering

    place = Path(folder) / "blip_vqa"
    model = load_part(BlipForQuestionAnswering, place, SOURCES["blip_vqa"], device)
    return CompBench(asker=YesNo(model, AutoTokenizer.from_pretrained(place, local_files_only=True)))


def noun_phrases(prompt: str) -> list[str]:
    """The parts of 'a green bench and a blue bowl'; none where a part is not 'a', 'an' or 'the' and further words."""
    parts = [part.strip(" .") for part in re.split(r"\s+and\s+|,\s*(?:and\s+)?", prompt.strip().lower())]
    whole = all(re.fullmatch(r"(a|an|the)\s+\w[\w\s-]*", part) for part in parts)
    spoken = any(re.search(r"\b(is|are|of|on|in|with|near|next)\b", part) for part in parts)
    return parts if whole and not spoken else []


def numeracy_score(prompt: str, detector: Detector, image: Tensor) -> tuple[float | None, str]:
    """Per kind of object half its share for being there, half for the right number; the shares are equal."""
    wanted = []
    for part in re.split(r"\s+and\s+|,\s*(?:and\s+)?", prompt.strip(" .").lower()):
        number, _, noun = part.partition(" ")
        name = _known(noun)
        if number not in NUMBERS or name is None:
            return None, "prompts with a number or an object that the detector does not know"
        wanted.append((name, NUMBERS[number]))
    seen = [d.cls for d in detector.detect(image[None])[0] if d.score > LEAST_SCORE]
    share = 1 / len(wanted)
    return sum(share / 2 * ((name in seen) + (seen.count(name) == count)) for name, count in wanted), ""


def spatial_score(prompt: str, detector: Detector, image: Tensor) -> tuple[float | None, str]:
    """A quarter of each object's score and half for the place; less than a half in all counts as nothing."""
    place = next((p for p in PLACES if f" {p} " in prompt.lower()), None)
    if place is None:
        return None, "prompts without one of the eight places"
    first, second = (_known(part) for part in prompt.strip(" .").lower().split(f" {place} ", 1))
    if first is None or second is None:
        return None, "prompts with an object that the detector does not know"
    found = detector.detect(image[None])[0]
    a, b = _surest(found, first), _surest(found, second)
    total = sum(d.score / 4 for d in (a, b) if d is not None)
    if a is not None and b is not None:
        total += place_score(place, a.box, b.box) / 2
    return (total if total >= 0.5 else 0.0), ""


def place_score(place: str, first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """How well the first box stands there from the second: 1, less where they overlap or are not near, or 0."""
    dx = (second[0] + second[2] - first[0] - first[2]) / 2
    dy = (second[1] + second[3] - first[1] - first[3]) / 2
    if place in ("on side of", "next to", "near"):
        near = abs(dx) < REACH or abs(dy) < REACH
        return 1.0 if near else REACH / max(abs(dx), abs(dy))
    sideways = place in ("on the left of", "on the right of")
    along, across = (dx, dy) if sideways else (dy, dx)
    forward = along > 0 if place in ("on the left of", "on the top of", "on top of") else along < 0
    if not forward or abs(along) <= abs(across):
        return 0.0
    overlap = box_overlap(first, second)
    return 1.0 if overlap < OVERLAP else OVERLAP / overlap


def box_overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Intersection over union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    inside = max(0.0, width) * max(0.0, height)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inside
    return inside / union if union > 0 else 0.0


def _surest(found: Sequence[Detection], name: str) -> Detection | None:
    return max((d for d in found if d.cls == name and d.score > LEAST_SCORE), key=lambda d: d.score, default=None)


def _known(phrase: str) -> str | None:
    """The detector's class of 'a bicycle', 'the cows' or 'a man'; None where it has none."""
    noun = re.sub(r"^(a|an|the)\s+", "", phrase.strip())
    for name in (noun, noun.removesuffix("s"), noun.removesuffix("es"), re.sub(r"ves$", "fe", noun)):
        if name in PEOPLE:
            return "person"
        if name in OBJECT_NAMES:
            return name
    return None
