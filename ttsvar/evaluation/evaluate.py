"""Searches compared on the same prompts and seeds: one row an image, appended as it goes, resumable."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor
from tqdm import tqdm

from ttsvar.config import SearchConfig, search_config
from ttsvar.engine import Engine
from ttsvar.errors import ConfigError
from ttsvar.evaluation.detections import Detector
from ttsvar.evaluation.geneval import judge
from ttsvar.evaluation.prompts import EvaluationPrompt, evaluation_prompts
from ttsvar.evaluation.rows import Row, read_rows
from ttsvar.evaluation.summary import summarize, table
from ttsvar.toybox.detector import load_detector
from ttsvar.types import Selection, StepCost


@dataclass(frozen=True)
class Outcome:
    """A search run to its end: the image uint8 [H, W, 3], its reward, and what finding it took."""

    image: Tensor
    reward: float | None
    seconds: float
    cost: StepCost


def main(
    model: str,
    searches: Sequence[str],
    n: Sequence[int],
    per_category: int,
    out: str | Path,
    *,
    seeds: int = 1,
    seen: bool = False,
) -> dict[str, Any]:
    """Evaluate searches of a model on the toybox prompts, print the tables, and write them next to `out` as JSON.

    The list is the held-out prompts (and single objects, which cannot be held out); with `seen`, prompts of training
    join and are summed up apart. Returns {"held_out": summary, "seen": summary or None}.
    """
    from ttsvar.loading import MODELS, TOYBOX_FOLDER, load

    chosen = arms(searches, n)
    engine = load(model, remember_bytes=0)
    if not engine.vocabulary():
        raise ConfigError(f"{model!r} takes any text; the detector and the prompts here are made for the toybox.")
    measure = TOYBOX_FOLDER / "detector.safetensors"
    detector = load_detector(measure)
    folder = MODELS[model].folder if model in MODELS else Path(model)
    rows = evaluate(
        engine,
        chosen,
        evaluation_prompts(per_category, seen=seen),
        range(seeds),
        out,
        detector=detector,
        weights=digest_files([measure, *folder.glob("*.safetensors")]),
    )
    main_rows = [r for r in rows if r.held_out or r.tag == "single_object"]
    known_rows = [r for r in rows if not r.held_out]
    summaries = {"held_out": summarize(main_rows), "seen": summarize(known_rows) if seen else None}
    for name, summary in summaries.items():
        if summary:
            print(f"\n{name.replace('_', '-')} prompts: {table(summary)}")
    Path(out).with_suffix(".summary.json").write_text(json.dumps(summaries, indent=1) + "\n")
    return summaries


def arms(searches: Sequence[str], sizes: Sequence[int]) -> dict[str, SearchConfig]:
    """Every named search at every N, by label ('tts-var n=2'); raw has no N, and best of one would be raw again.

    A search may bring its own N, as in 'best-of-n:4,8', so that arms of like compute can be chosen.
    """
    chosen: dict[str, SearchConfig] = {}
    for text in searches:
        name, _, own = text.partition(":")
        if name == "raw":
            chosen["raw"] = search_config("raw")
            continue
        for n in _sizes(text, own) if own else sizes:
            if not (name == "best-of-n" and n == 1):
                chosen[f"{name} n={n}"] = search_config(name, n=n)
    if not chosen:
        raise ConfigError(f"Searches {list(searches)} at n {list(sizes)} leave nothing to run; best-of-n needs n >= 2.")
    return chosen


def _sizes(text: str, own: str) -> list[int]:
    try:
        return [int(part) for part in own.split(",")]
    except ValueError:
        raise ConfigError(f"{text!r} is no search; after the colon write whole numbers, as in best-of-n:4,8.") from None


def evaluate(
    engine: Engine,
    searches: Mapping[str, SearchConfig],
    prompts: Sequence[EvaluationPrompt],
    seeds: Iterable[int],
    out: str | Path,
    *,
    detector: Detector,
    weights: str = "",
) -> list[Row]:
    """Run every search on every prompt and seed, judge the images, and return all rows of this evaluation.

    Rows already in `out` (JSON Lines) are not run again; rows that `weights` (a digest of the files) or other settings
    set apart raise ConfigError. The detector only measures: no search sees it. An engine that remembers decoded images
    makes later arms look cheaper than they are, so give one with `remember_bytes=0`.
    """
    recipes = {label: _recipe(engine, search, weights) for label, search in searches.items()}
    known = {row.key: row for row in read_rows(out)}
    wanted = [(p, seed, label) for seed in seeds for p in prompts for label in searches]
    _check_recipes(known, wanted, recipes, Path(out))
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    with open(out, "a") as file:
        for prompt, seed, label in tqdm(wanted, desc="evaluate", unit="image", disable=None):
            if (label, prompt.prompt, seed) in known:
                continue
            outcome = run_search(engine, prompt.prompt, searches[label], draw_seed(prompt.prompt, seed))
            row = _row(prompt, seed, label, outcome, detector, recipes[label])
            known[row.key] = row
            file.write(json.dumps(asdict(row)) + "\n")
            file.flush()
    return [known[label, prompt.prompt, seed] for prompt, seed, label in wanted]


def run_search(engine: Engine, prompt: str, search: SearchConfig, seed: int) -> Outcome:
    """One search from prompt to image; the reward of a lone candidate is looked up after the clock has stopped."""
    began = time.perf_counter()
    cost = StepCost()
    state = engine.begin(prompt, search=search, seed=seed)
    while True:
        result = engine.step(state)
        cost += result.cost
        state = engine.commit(result)
        if state.done:
            break
    # Selections are committed in ascending order, so this is the preferred candidate among the grown ones.
    chosen = sorted(result.proposal.parents)[engine.best_index(state)]
    final = engine.commit(result, Selection((chosen,)))
    images, place = result.candidates.images, chosen
    if images is None:
        seen, looked = engine.observe(final, features=False, scores=False)
        images, cost, place = seen.images, cost + looked, 0
    assert images is not None
    seconds = time.perf_counter() - began
    scores = engine.observe(final, features=False)[0].scores
    return Outcome(images[place], None if scores is None else float(scores[0]), seconds, cost)


def draw_seed(prompt: str, seed: int) -> int:
    """The seed that all searches of a prompt draw with: without the prompt in it, all would share one noise."""
    return int.from_bytes(hashlib.blake2b(f"{seed}|{prompt}".encode(), digest_size=6).digest(), "little")


def digest_files(paths: Iterable[str | Path]) -> str:
    """12 hex digits that change with the contents of any of these files."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(str(p) for p in paths):
        digest.update(hashlib.blake2b(Path(path).read_bytes()).digest())
    return digest.hexdigest()


def _row(prompt: EvaluationPrompt, seed: int, label: str, outcome: Outcome, detector: Detector, recipe: str) -> Row:
    verdict = judge(prompt.metadata, detector.detect(outcome.image[None])[0])
    return Row(
        prompt=prompt.prompt,
        tag=prompt.tag,
        held_out=prompt.held_out,
        search=label,
        seed=seed,
        correct=verdict.correct,
        reward=None if outcome.reward is None else round(outcome.reward, 5),
        seconds=round(outcome.seconds, 4),
        flops=outcome.cost.flops,
        reasons=verdict.reasons,
        recipe=recipe,
    )


def _recipe(engine: Engine, search: SearchConfig, weights: str) -> str:
    text = json.dumps([engine.name, engine.schedule.sizes, asdict(engine.resolve(search)), weights], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _check_recipes(
    known: Mapping[tuple[str, str, int], Row],
    wanted: Sequence[tuple[EvaluationPrompt, int, str]],
    recipes: Mapping[str, str],
    out: Path,
) -> None:
    for prompt, seed, label in wanted:
        row = known.get((label, prompt.prompt, seed))
        if row is not None and row.recipe != recipes[label]:
            raise ConfigError(
                f"{out} holds rows of {label!r} made with other weights or settings; "
                "write to another file, or move that one away."
            )
