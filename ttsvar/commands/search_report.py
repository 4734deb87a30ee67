"""One search from prompt to image, with its decisions and costs as plain values, and as a table."""

from __future__ import annotations

from typing import Any

from PIL import Image
from tqdm import tqdm

from ttsvar.config import STRATEGIES, SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.settings import read_texts
from ttsvar.types import StepCost, StepResult


def generate(
    engine: Engine, prompt: str, search: SearchConfig, seed: int, *, progress: bool = False
) -> tuple[dict[str, Any], Image.Image]:
    """Run a search to its end: (report of plain JSON values, best image with its recipe)."""
    state = engine.begin(prompt, search=search, seed=seed)
    steps, cost = [], StepCost()
    with tqdm(total=len(engine.schedule), desc="scales", disable=not progress) as bar:
        while not state.done:
            result = engine.step(state)
            steps.append(_step_row(engine, result))
            cost = cost + result.cost
            state = engine.commit(result)
            bar.update()
    index = engine.best_index(state)
    report = {
        "model": engine.name,
        "prompt": state.run.prompt,
        "unknown_words": [w for text in (prompt, *read_texts(search)) for w in engine.prompts.unknown(text)],
        "seed": seed,
        "strategy": search.strategy,
        "about": STRATEGIES[search.strategy].summary,
        "n": search.n,
        "steps": steps,
        "best": state.candidate_ids[index],
        "seconds": cost.seconds,
        "flops": cost.flops,
        "cost": {name: vars(part) for name, part in cost.parts.items()},
    }
    return report, engine.best(state)


def _step_row(engine: Engine, result: StepResult) -> dict[str, Any]:
    height, width = engine.schedule.sizes[result.scale]
    probabilities = result.candidates.probabilities
    scores = result.candidates.scores
    return {
        "scale": result.scale,
        "size": [height, width],
        "alive": len(result.grown),
        "decision": result.decision,
        "candidates": list(result.grown.candidate_ids),
        "scores": None if scores is None else [round(float(s), 4) for s in scores],
        "probabilities": None if probabilities is None else [round(float(p), 4) for p in probabilities],
        "kept": [result.grown.candidate_ids[p] for p in sorted(result.proposal.parents)],
        "reason": result.proposal.reason,
        "seconds": result.cost.seconds,
    }


def decision_table(report: dict[str, Any]) -> str:
    """A report as text: one line a scale, then the totals."""
    lines = [f"{report['strategy']}: {report['about']}"]
    lines.append(f"{'scale':>5}  {'grid':>5}  {'alive':>5}  {'seconds':>7}  decision")
    for step in report["steps"]:
        grid = "x".join(map(str, step["size"]))
        reason = f"{step['decision']}: {step['reason']}" if step["decision"] else ""
        lines.append(f"{step['scale']:>5}  {grid:>5}  {step['alive']:>5}  {step['seconds']:>7.3f}  {reason}")
    parts = ", ".join(f"{name} {part['seconds']:.2f} s" for name, part in report["cost"].items())
    lines.append(
        f"best {report['best']} after {report['seconds']:.2f} s and {report['flops'] / 1e9:.1f} GFLOP ({parts})"
    )
    if report["unknown_words"]:
        lines.append(f"{report['model']} does not know: {', '.join(report['unknown_words'])}.")
    if "out" in report:
        lines.append(f"image: {report['out']}")
    return "\n".join(lines)
