"""GenEval's own eyes without mmdet: Mask2Former finds objects, CLIP names their colours, both through transformers.

The settings are GenEval's (djghosh13/geneval, evaluation/evaluate_images.py) and those of the Mask2Former
configuration that it uses (mmdet, mask2former_swin-s-p4-w7-224_lsj_8x2_50e_coco).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from ttsvar.detections import Detection
from ttsvar.errors import CheckpointError
from ttsvar.evaluation.rules.geneval import GENEVAL, Rule, Verdict, confident, judge
from ttsvar.evaluation.rules.sources import SOURCES

OBJECT_NAMES = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant",
    "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard",
    "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli",
    "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet",
    "tv", "laptop", "computer mouse", "tv remote", "computer keyboard", "cell phone", "microwave", "oven", "toaster",
    "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
"""COCO's 80 classes in the order of the detector's outputs, with GenEval's names for three of them."""
COLOR_NAMES = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
COLOR_PROMPTS = ("a photo of a {c} {name}", "a photo of a {c}-colored {name}", "a photo of a {c} object")
GREY = (0x99, 0x99, 0x99)
MOST_INSTANCES = 100
SHORT_EDGE, LONG_EDGE, DIVISOR = 800, 1333, 32
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
"""Mean and standard deviation of the pixels that the two models were trained on."""


@dataclass(frozen=True)
class Instance:
    """A detection and its mask, bool [H, W]."""

    detection: Detection
    mask: np.ndarray


@dataclass(frozen=True)
class InstanceDetector:
    """Mask2Former for instances: `short_edge` pixels on the shorter side, at most `long_edge` on the longer."""

    model: nn.Module
    names: tuple[str, ...] = OBJECT_NAMES
    short_edge: int = SHORT_EDGE
    long_edge: int = LONG_EDGE

    def detect(self, images: Tensor) -> list[list[Detection]]:
        """uint8 [B, H, W, 3] to detections without colours, surest first."""
        return [[instance.detection for instance in self.instances(image)] for image in images]

    @torch.inference_mode()
    def instances(self, image: Tensor) -> list[Instance]:
        """Objects of one image uint8 [H, W, 3], surest first: class probability times mean mask probability."""
        height, width = image.shape[:2]
        pixels, (resized_h, resized_w) = self._prepare(image)
        output = self.model(pixel_values=pixels)
        classes = output.class_queries_logits[0].float().softmax(-1)[:, :-1]
        scores, flat = classes.flatten().topk(min(MOST_INSTANCES, classes.numel()))
        queries, labels = flat // classes.shape[1], flat % classes.shape[1]
        masks = F.interpolate(output.masks_queries_logits.float(), pixels.shape[-2:], mode="bilinear")
        masks = masks[..., :resized_h, :resized_w]
        masks = F.interpolate(masks, (height, width), mode="bilinear")[0]
        found = []
        for score, query, label in zip(scores.tolist(), queries.tolist(), labels.tolist(), strict=True):
            inside = masks[query] > 0
            sure = float(masks[query][inside].sigmoid().mean()) if bool(inside.any()) else 0.0
            box = mask_box(inside)
            found.append(Instance(Detection(self.names[label], box, score * sure), inside.cpu().numpy()))
        return sorted(found, key=lambda instance: -instance.detection.score)

    def _prepare(self, image: Tensor) -> tuple[Tensor, tuple[int, int]]:
        """Resized, normalised and padded to a multiple of 32: ([1, 3, H, W], size before padding)."""
        height, width = image.shape[:2]
        scale = min(self.short_edge / min(height, width), self.long_edge / max(height, width))
        size = (round(height * scale), round(width * scale))
        resized = Image.fromarray(image.numpy()).resize((size[1], size[0]), Image.Resampling.BILINEAR)
        pixels = normalised(resized, *IMAGENET)
        below, right = -size[0] % DIVISOR, -size[1] % DIVISOR
        return F.pad(pixels, (0, right, 0, below))[None].to(device_of(self.model)), size


@dataclass(frozen=True)
class ColorClassifier:
    """CLIP as a zero-shot classifier of an object's colour; three sentences a colour, their embeddings averaged."""

    model: Any
    tokenizer: Any
    _classifiers: dict[str, Tensor] = field(default_factory=dict)

    @torch.inference_mode()
    def colors(self, image: Tensor, objects: Sequence[Instance]) -> list[str]:
        """The colour of each object, cropped to its box, what lies outside its mask painted grey (#999)."""
        if not objects:
            return []
        size = self.model.config.vision_config.image_size
        crops = torch.stack([clip_pixels(cut_out(image, o), size) for o in objects]).to(device_of(self.model))
        pooled = self.model.vision_model(pixel_values=crops).pooler_output
        seen = F.normalize(self.model.visual_projection(pooled).float(), dim=-1)
        likeness = seen @ self._classifier(objects[0].detection.cls).T
        return [COLOR_NAMES[i] for i in likeness.argmax(1).tolist()]

    def _classifier(self, name: str) -> Tensor:
        if name not in self._classifiers:
            rows = []
            for color in COLOR_NAMES:
                texts = [sentence.format(c=color, name=name) for sentence in COLOR_PROMPTS]
                tokens = self.tokenizer(texts, padding=True, return_tensors="pt").to(device_of(self.model))
                pooled = self.model.text_model(**tokens).pooler_output
                rows.append(F.normalize(self.model.text_projection(pooled).float(), dim=-1).mean(0))
            self._classifiers[name] = F.normalize(torch.stack(rows), dim=-1)
        return self._classifiers[name]


@dataclass(frozen=True)
class GenEvalMeasure:
    """GenEval's decision on images of the real world."""

    detector: InstanceDetector
    classifier: ColorClassifier
    rule: Rule = GENEVAL

    def verdict(self, image: Tensor, metadata: Mapping[str, Any]) -> Verdict:
        """Detect, name the colours that the prompt asks for, judge. Image uint8 [H, W, 3]."""
        instances = self.detector.instances(image)
        colored = {id(i.detection): i.detection for i in instances}
        kept = confident(metadata, [i.detection for i in instances], self.rule)
        for clause in metadata.get("include", ()):
            if "color" in clause:
                surest = kept.get(clause["class"], [])[: clause["count"]]
                objects = [next(i for i in instances if i.detection is d) for d in surest]
                for instance, color in zip(objects, self.classifier.colors(image, objects), strict=True):
                    colored[id(instance.detection)] = replace(instance.detection, color=color)
        return judge(metadata, list(colored.values()), self.rule)


def load_geneval_measure(folder: str | Path, device: str | None = None) -> GenEvalMeasure:
    """Mask2Former from `folder`/mask2former and CLIP from `folder`/clip, each as its hub repository holds it.

    Raises CheckpointError where a folder or a weight is missing, or has weights too many.
    """
    from transformers import AutoTokenizer, CLIPModel

    folder = Path(folder)
    clip = load_part(CLIPModel, folder / "clip", SOURCES["clip"], device)
    tokenizer = AutoTokenizer.from_pretrained(folder / "clip", local_files_only=True)
    return GenEvalMeasure(load_instance_detector(folder, device), ColorClassifier(clip, tokenizer))


def load_instance_detector(folder: str | Path, device: str | None = None) -> InstanceDetector:
    """Mask2Former from `folder`/mask2former; raises CheckpointError as `load_geneval_measure` does."""
    from transformers import Mask2FormerForUniversalSegmentation as Mask2Former

    place = Path(folder) / "mask2former"
    model = load_part(Mask2Former, place, SOURCES["mask2former"], device)
    if model.config.num_labels != len(OBJECT_NAMES):
        raise CheckpointError(
            f"{place} knows {model.config.num_labels} classes; GenEval needs COCO's {len(OBJECT_NAMES)}."
        )
    return InstanceDetector(model)


def load_part(kind: Any, folder: Path, source: str, device: str | None) -> Any:
    """A transformers model from a local folder, strictly, in float32 and evaluation mode."""
    if not (folder / "config.json").is_file():
        raise CheckpointError(f"There is no model at {folder}; put the files of {source} there.")
    try:
        model, info = kind.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True, dtype=torch.float32
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"{folder} cannot be loaded as {source}: {error}") from error
    wrong = {name: sorted(info[name]) for name in ("missing_keys", "unexpected_keys") if info.get(name)}
    if wrong:
        raise CheckpointError(f"{folder} is not {source}: {wrong}.")
    return model.to(device or "cpu").eval()


def device_of(model: nn.Module) -> torch.device:
    """Where a model's weights are."""
    return next(model.parameters()).device


def normalised(image: Image.Image, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """An RGB picture as float32 [3, H, W] with these statistics taken out."""
    pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    return (pixels - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]


def clip_pixels(image: Image.Image, size: int) -> Tensor:
    """As CLIP sees a picture: the shorter side resized to `size` (bicubic), the middle cut out, normalised."""
    scale = size / min(image.size)
    width, height = (max(size, round(edge * scale)) for edge in image.size)
    left, top = (width - size) // 2, (height - size) // 2
    resized = image.resize((width, height), Image.Resampling.BICUBIC).crop((left, top, left + size, top + size))
    return normalised(resized, *CLIP)


def cut_out(image: Tensor, instance: Instance) -> Image.Image:
    """The object on grey, cropped to its box (at least one pixel)."""
    grey = np.broadcast_to(np.array(GREY, np.uint8), tuple(image.shape))
    painted = Image.fromarray(np.where(instance.mask[..., None], image.numpy(), grey))
    left, top, right, bottom = (int(v) for v in instance.detection.box)
    return painted.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def mask_box(mask: Tensor) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a mask bool [H, W], the last two exclusive; zeros where it is empty."""
    rows, columns = mask.any(1).nonzero().flatten(), mask.any(0).nonzero().flatten()
    if not len(rows):
        return 0.0, 0.0, 0.0, 0.0
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
