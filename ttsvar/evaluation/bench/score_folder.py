"""Scores of images made elsewhere, one JSON line an image: `python -m ttsvar geneval` and `... compbench`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.image_folders import FolderImage, append_json, geneval_images, named_images, read_image
from ttsvar.evaluation.bench.published import COMPBENCH_MODELS
from ttsvar.evaluation.bench.statistics import accuracy
from ttsvar.evaluation.rules.compbench import CATEGORIES, NOT_COVERED, CompBench, load_compbench
from ttsvar.evaluation.rules.measures import TOYBOX_DETECTOR, Measure, open_measure
from ttsvar.evaluation.rules.shortfall import geneval_reason
from ttsvar.families.registry import DETECTOR
from ttsvar.storage.outputs import prepare
from ttsvar.toybox.worlds import WORLDS
from ttsvar.weights.room import pick_device
from ttsvar.weights.strict import shorten


@dataclass(frozen=True)
class FolderScore:
    """What scoring a folder gave: rows as written, and the table."""

    rows: list[dict[str, Any]]
    text: str


def score_geneval(folder: Path, measure: Measure, out: Path, *, metadata: Path | None = None) -> FolderScore:
    """Judge every image of a folder in GenEval's layout, as GenEval's own results.jsonl has it.

    A row is written as soon as it is there; an unreadable image stops with ImageError and keeps the rows before it.
    """
    images = geneval_images(folder, metadata)
    _begin(out)
    rows = []
    for image in tqdm(images, desc="geneval", unit="image", disable=None):
        verdict = measure.verdict(read_image(image.path), image.metadata)
        row = {
            "filename": str(image.path),
            "tag": image.metadata["tag"],
            "prompt": image.metadata["prompt"],
            "correct": verdict.correct,
            "reason": "\n".join(map(geneval_reason, verdict.reasons)),
        }
        append_json(out, row)
        rows.append(row)
    return FolderScore(rows, geneval_table(rows))


def geneval_table(rows: Sequence[dict[str, Any]]) -> str:
    """Accuracy of every category, and their mean, which is GenEval's overall score."""
    by_tag: dict[str, dict[str, list[bool]]] = {}
    for row in rows:
        by_tag.setdefault(row["tag"], {}).setdefault(row["prompt"], []).append(row["correct"])
    outcomes = {tag: [float(np.mean(hits)) for hits in group.values()] for tag, group in by_tag.items()}
    lines = [f"{len(rows)} images, {sum(map(len, by_tag.values()))} prompts; mean of prompts with its 95 % interval"]
    lines += [f"{tag:<16} {accuracy({tag: values}).rounded().text()}" for tag, values in outcomes.items()]
    return "\n".join([*lines, f"{'overall':<16} {accuracy(outcomes).rounded().text()}"])


def score_compbench(folder: Path, category: str, bench: CompBench, out: Path) -> FolderScore:
    """Score every image of a folder whose file names tell their prompts, for one category of T2I-CompBench."""
    images = list(named_images(folder))
    _begin(out)
    rows = []
    for path, prompt in tqdm(images, desc=category, unit="image", disable=None):
        score, why = bench.score(category, read_image(path), prompt)
        row = {"filename": str(path), "prompt": prompt, "category": category, "score": score, "left_out": why}
        append_json(out, row)
        rows.append(row)
    return FolderScore(rows, compbench_table(rows, category))


def compbench_table(rows: Sequence[dict[str, Any]], category: str) -> str:
    """The mean score, how many images it covers, and what of the benchmark is not covered at all."""
    scored = [row["score"] for row in rows if row["score"] is not None]
    mean = f"{np.mean(scored):.4f}" if scored else "-"
    lines = [
        f"{category} ({CATEGORIES[category]}): {mean} over {len(scored)} images",
        f"left out: {len(rows) - len(scored)} images",
    ]
    reasons = sorted({row["left_out"] for row in rows if row["left_out"]})
    lines += [f"  {reason}" for reason in reasons[:5]]
    lines.append(_beside(category))
    return "\n".join([*lines, "not covered: " + "; ".join(f"{k} ({v})" for k, v in NOT_COVERED.items())])


def _beside(category: str) -> str:
    """The paper's column, to stand beside a score."""
    place = COMPBENCH_MODELS.columns.index(category)
    judged = "a language model's judgement" if category in ("non_spatial", "complex") else "with UniDet and B-VQA"
    rows = [f"  {model:<42} {row[place]:.4f}" for model, row in COMPBENCH_MODELS.rows.items()]
    return "\n".join([f"published ({COMPBENCH_MODELS.source}), {judged}:", *rows])


def geneval_command(folder: Path, models: Path | None, out: Path, metadata: Path | None, device: str | None) -> None:
    """Score a folder with GenEval's models, or with the detector of a world that has all of it, and print.

    Raises ConfigError where no models are given and no world has all that is asked for.
    """
    pick_device(device)
    detector = TOYBOX_DETECTOR if models else _detector_for(geneval_images(folder, metadata))
    measure = open_measure(models, device, detector)
    print(score_geneval(folder, measure, out, metadata=metadata).text)
    print(f"Wrote {out}.")


def _detector_for(images: Sequence[FolderImage]) -> Path:
    """That of the first world which has everything that is asked for, and whose detector is here."""
    asked = [wanted for image in images for wanted in image.metadata["include"]]
    words = {word for wanted in asked for word in (wanted["class"], wanted.get("color")) if word}
    here = [world for world in WORLDS if (world.folder / DETECTOR).is_file()]
    for world in here:
        if words <= world.terms:
            return world.folder / DETECTOR
    strange = min((words - world.terms for world in here), key=len, default=words)
    raise ConfigError(
        f"The prompts ask for {shorten(sorted(strange))}, which no detector here knows "
        f"({', '.join(world.name for world in here)}). Give --measure with GenEval's models, mask2former/ and clip/."
    )


def compbench_command(
    folder: Path, category: str, models: Path, out: Path, device: str | None, lists: Path | None = None
) -> None:
    """Score a folder for one category of T2I-CompBench and print."""
    print(score_compbench(folder, category, load_compbench(models, category, device, lists), out).text)
    print(f"Wrote {out}.")


def _begin(out: Path) -> None:
    prepare(out)
    out.write_text("")
