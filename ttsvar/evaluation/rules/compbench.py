"""T2I-CompBench (arXiv 2307.06350) through transformers: B-VQA for attributes, detections, and CLIPScore.

B-VQA asks BLIP's VQA model about every noun phrase of the prompt and multiplies the probabilities of "yes". Numbers and
places are scored from detections. The original cuts prompts with spaCy and detects with UniDet's 700 classes; here a
prompt must be of the benchmark's plain forms, and the detector knows COCO's 80 classes. What does not fit is left out
and counted, never scored 0.
"""

from __future__ import annotations

import math
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
from ttsvar.evaluation.rules.complex_prompts import ComplexReader, Part, load_reader
from ttsvar.evaluation.rules.geneval_models import (
    CLIP,
    OBJECT_NAMES,
    clip_pixels,
    device_of,
    load_instance_detector,
    load_part,
    normalised,
)
from ttsvar.evaluation.rules.sources import SOURCES
from ttsvar.rewards.clip import image_features, text_features

CATEGORIES = {
    "color": "B-VQA",
    "shape": "B-VQA",
    "texture": "B-VQA",
    "numeracy": "detections",
    "spatial": "detections",
    "non_spatial": "CLIPScore",
    "complex": "3-in-1",
}
NOT_COVERED = {"3d_spatial": "needs a depth model"}
PEOPLE = ("girl", "boy", "man", "woman")
NUMBERS = {word: n for n, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight"), start=1)}
NUMBERS |= {"a": 1, "an": 1}
LEAST_SCORE = 0.3
"""Detections that count."""
SAME = 0.9
"""The share of the smaller of two boxes of a class in the other one, above which they are one object."""
NO_PHRASES = "prompts that are no list of noun phrases"
Box = tuple[float, ...]
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
class Likeness:
    """CLIP ViT-B/32, asked how like an image and a text are."""

    model: Any
    tokenizer: Any

    @torch.inference_mode()
    def score(self, image: Tensor, text: str) -> float:
        """The cosine of an image uint8 [H, W, 3] and a text, as the benchmark's CLIPScore has it: without a factor."""
        device, size = device_of(self.model), self.model.config.vision_config.image_size
        pixels = clip_pixels(Image.fromarray(image.numpy()), size)[None].to(device)
        ids = self.tokenizer([text], truncation=True, return_tensors="pt")["input_ids"].to(device)
        return float((image_features(self.model, pixels) @ text_features(self.model, ids).T).item())


@dataclass(frozen=True)
class CompBench:
    """What a category is scored with."""

    asker: YesNo | None = None
    detector: Detector | None = None
    likeness: Likeness | None = None
    reader: ComplexReader | None = None

    def score(self, category: str, image: Tensor, prompt: str) -> tuple[float | None, str]:
        """Score from 0 to 1 of an image uint8 [H, W, 3], or None and the reason why it is left out."""
        if category not in CATEGORIES:
            covered = ", ".join(CATEGORIES)
            raise ConfigError(f"There is no category {category!r} here; covered are {covered}.")
        if category == "complex":
            return self._complex(image, prompt)
        if CATEGORIES[category] == "B-VQA":
            phrases = noun_phrases(prompt)
            return (self._attributes(image, phrases), "") if phrases else (None, NO_PHRASES)
        if category == "non_spatial":
            assert self.likeness is not None
            return self.likeness.score(image, prompt), ""
        assert self.detector is not None
        if category == "numeracy":
            return numeracy_score(prompt, self.detector, image)
        return spatial_score(prompt, self.detector, image)

    def _attributes(self, image: Tensor, phrases: Sequence[str]) -> float:
        assert self.asker is not None
        return math.prod(self.asker.yes(image, phrases))

    def _complex(self, image: Tensor, prompt: str) -> tuple[float | None, str]:
        """The mean of attributes and of what else the prompt has: a place, an action, or both."""
        assert self.reader is not None
        phrases, has = self.reader.phrases(prompt), self.reader.parts(prompt)
        if not phrases:
            return None, NO_PHRASES
        scores = [self._attributes(image, phrases)]
        if Part.PLACE in has:
            assert self.detector is not None
            score, why = spatial_score(prompt, self.detector, image)
            if score is None:
                return None, why
            scores.append(score)
        if Part.ACTION in has:
            assert self.likeness is not None
            scores.append(self.likeness.score(image, self.reader.without_adjectives(prompt)))
        return sum(scores) / len(scores), ""


NEEDS = {
    "B-VQA": ("blip_vqa",),
    "detections": ("mask2former",),
    "CLIPScore": ("clip_b32",),
    "3-in-1": ("blip_vqa", "mask2former", "clip_b32"),
}
"""Which folders each way of scoring needs."""


def load_compbench(
    folder: str | Path, category: str, device: str | None = None, lists: Path | None = None
) -> CompBench:
    """The models that a category needs, from `folder`/blip_vqa, `folder`/mask2former and `folder`/clip_b32.

    `lists` holds the benchmark's complex_val_spatial.txt and complex_val_action.txt, for the category complex.
    """
    from transformers import AutoTokenizer, BlipForQuestionAnswering, CLIPModel

    def part(kind: Any, name: str) -> tuple[Any, Any]:
        place = Path(folder) / name
        model = load_part(kind, place, SOURCES[name], device)
        return model, AutoTokenizer.from_pretrained(place, local_files_only=True)

    needs = NEEDS.get(CATEGORIES.get(category, ""), ())
    return CompBench(
        reader=load_reader(lists) if category == "complex" else None,
        asker=YesNo(*part(BlipForQuestionAnswering, "blip_vqa")) if "blip_vqa" in needs else None,
        detector=load_instance_detector(folder, device) if "mask2former" in needs else None,
        likeness=Likeness(*part(CLIPModel, "clip_b32")) if "clip_b32" in needs else None,
    )


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
    seen = [d.cls for d in merged([d for d in detector.detect(image[None])[0] if d.score > LEAST_SCORE])]
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


def place_score(place: str, first: Box, second: Box) -> float:
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


def box_overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    inside = _intersection(a, b)
    union = _area(a) + _area(b) - inside
    return inside / union if union > 0 else 0.0


def _intersection(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def merged(found: Sequence[Detection]) -> list[Detection]:
    """Detections without those that cover a surer one of their class, or lie in it: one object seen twice."""
    kept: list[Detection] = []
    for seen in sorted(found, key=lambda d: -d.score):
        if not any(seen.cls == other.cls and _same(seen.box, other.box) for other in kept):
            kept.append(seen)
    return kept


def _same(a: Box, b: Box) -> bool:
    """Whether nine tenths of either box lie in the other; with that much of their union they do, too."""
    least = min(_area(a), _area(b))
    return least > 0 and _intersection(a, b) / least > SAME


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
