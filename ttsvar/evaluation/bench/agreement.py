"""Whether two evaluators that no search sees say the same of the same pictures, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image
from torch import Tensor
from tqdm import tqdm

from ttsvar.evaluation.bench.contact_sheet import sheet
from ttsvar.evaluation.bench.prompts import EvaluationPrompt
from ttsvar.evaluation.bench.statistics import accuracy
from ttsvar.evaluation.rules.geneval import Verdict
from ttsvar.evaluation.rules.measures import Measure
from ttsvar.evaluation.rules.shortfall import geneval_reason

ENOUGH = 0.97
"""Share of equal verdicts from which two evaluators count as one."""

Draw = Callable[[EvaluationPrompt, int], Tensor]
"""A prompt and which of its seeds, from 0 on, to a picture uint8 [H, W, 3]."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Compared:
    """One picture and both verdicts on it."""

    prompt: EvaluationPrompt
    image: Tensor
    """uint8 [H, W, 3]."""
    first: Verdict
    second: Verdict

    @property
    def equal(self) -> bool:
        """Whether both say right, or both say wrong."""
        return self.first.correct == self.second.correct


def compare(
    draw: Draw, first: Measure, second: Measure, prompts: Sequence[EvaluationPrompt], seeds: int
) -> list[Compared]:
    """Draw `seeds` pictures of every prompt and have both evaluators judge each."""
    jobs = [(prompt, seed) for prompt in prompts for seed in range(seeds)]
    compared = []
    for prompt, seed in tqdm(jobs, desc="agreement", unit="image", disable=None):
        image = draw(prompt, seed)
        verdicts = [measure.verdict(image, prompt.metadata) for measure in (first, second)]
        compared.append(Compared(prompt=prompt, image=image, first=verdicts[0], second=verdicts[1]))
    return compared


def agreement_table(compared: Sequence[Compared], first: str, second: str) -> str:
    """By category the share that each evaluator calls right, and how often both say the same.

    `first` and `second` are the evaluators' names. Seeds of one prompt stay together in the intervals.
    """
    tags = dict.fromkeys(one.prompt.tag for one in compared)
    lines = [f"{'':<16} images  {first:>10}  {second:>10}  equal verdicts"]
    for tag in tags:
        mine = [one for one in compared if one.prompt.tag == tag]
        right = [sum(verdict.correct for verdict in verdicts) / len(mine) for verdicts in _both(mine)]
        equal = accuracy({tag: _by_prompt(mine)}).rounded().text()
        lines.append(f"{tag:<16} {len(mine):>6}  {right[0]:>10.3f}  {right[1]:>10.3f}  {equal}")
    share = sum(one.equal for one in compared) / len(compared)
    only = [
        sum(verdict.correct and not one.equal for one, verdict in zip(compared, verdicts, strict=True))
        for verdicts in _both(compared)
    ]
    interval = accuracy({"": _by_prompt(compared)}).rounded()
    enough = "enough" if share >= ENOUGH else "not enough"
    return "\n".join(
        [
            *lines,
            f"Equal verdicts on {share:.3f} of {len(compared)} pictures [{interval.low:.3f}, {interval.high:.3f}], "
            f"{enough}: {ENOUGH:g} is asked for. Right by {first} alone: {only[0]}, by {second} alone: {only[1]}.",
        ]
    )


def differences_sheet(compared: Sequence[Compared], first: str, second: str) -> Image.Image | None:
    """The pictures on which the verdicts differ, with what the stricter one finds lacking; None where none do.

    The bar below a picture is green where `first` calls it right.
    """
    differing = [one for one in compared if not one.equal]
    if not differing:
        return None
    captions = []
    for one in differing:
        name, verdict = (second, one.second) if one.first.correct else (first, one.first)
        lacking = "; ".join(geneval_reason(reason) for reason in verdict.reasons)
        captions.append(f"{one.prompt.prompt.removeprefix('a photo of ')}: {name} says {lacking}")
    tiles = [Image.fromarray(one.image.numpy()) for one in differing]
    return sheet(tiles, captions, [one.first.correct for one in differing])


def _both(compared: Sequence[Compared]) -> tuple[list[Verdict], list[Verdict]]:
    return [one.first for one in compared], [one.second for one in compared]


def _by_prompt(compared: Sequence[Compared]) -> list[float]:
    """Of every prompt the share of its pictures with equal verdicts."""
    by_prompt: dict[tuple[str, int], list[bool]] = {}
    for one in compared:
        by_prompt.setdefault((one.prompt.prompt, one.prompt.repeat), []).append(one.equal)
    return [sum(equal) / len(equal) for equal in by_prompt.values()]
