"""Milliseconds a candidate of each component by chunk size, and of the transformer by scale, in one run.

    python benchmarks/bench_components.py --out components.json

Candidates go through every model in chunks of one fixed shape. A larger chunk uses the machine better; a smaller one
wastes less on padding where few candidates live. This shows what the choice costs.
"""

from __future__ import annotations

from typing import Any

import machine

from ttsvar.config import search_config
from ttsvar.engine.loop import Engine
from ttsvar.families.load import load
from ttsvar.types import Component, StepCost

PROMPT = "a photo of a red star and a green cup"
COMPONENTS = (Component.TRANSFORMER, Component.DECODE, Component.FEATURES, Component.REWARD)


def bench(engine: Engine, chunks: list[int], candidates: int, repeats: int) -> dict[str, Any]:
    """Every chunk size `repeats` times after a warm-up, in turns."""
    costs: dict[int, list[list[StepCost]]] = {chunk: [] for chunk in chunks}
    for repeat in range(-1, repeats):
        for chunk in chunks:
            engine._executor.holding().backend.chunk = chunk
            taken = _grow_all(engine, candidates, max(0, repeat))
            if repeat >= 0:
                costs[chunk].append(taken)
    report = {str(chunk): _report(taken, candidates) for chunk, taken in costs.items()}
    base = report[str(chunks[0])]
    for row in report.values():
        row["ratio"] = {name: round(row[name] / max(base[name], 1e-9), 3) for name in COMPONENTS}
    return report


def _grow_all(engine: Engine, candidates: int, seed: int) -> list[StepCost]:
    """Costs of all scales (the last one decodes and scores), and of one look at the features."""
    state = engine.begin(PROMPT, search=search_config("best-of-n", n=candidates), seed=seed)
    costs = []
    while not state.done:
        result = engine.step(state)
        costs.append(result.cost)
        state = engine.commit(result)
    features = engine.observe(state, scores=False)[1].parts[Component.FEATURES]
    return [*costs, StepCost({Component.FEATURES: features})]


def _report(runs: list[list[StepCost]], candidates: int) -> dict[str, Any]:
    """Medians in milliseconds a candidate: by component over all scales, and of the transformer scale by scale."""

    def milliseconds(values: list[float]) -> float:
        return round(1e3 * machine.median(values) / candidates, 3)

    totals = [sum(run, StepCost()) for run in runs]
    row: dict[str, Any] = {n: milliseconds([t.parts[n].seconds for t in totals]) for n in COMPONENTS}
    scales = range(len(runs[0]) - 1)
    row["by_scale"] = [milliseconds([run[k].parts[Component.TRANSFORMER].seconds for run in runs]) for k in scales]
    row["peak_bytes"] = max(t.parts[n].peak_bytes for t in totals for n in COMPONENTS)
    return row


def table(report: dict[str, Any]) -> str:
    """The report as text: a line for each chunk size."""
    lines = [f"{'chunk':>5}" + "".join(f"{name + ' ms':>17}" for name in COMPONENTS) + f"{'peak MiB':>10}"]
    for chunk, row in report.items():
        cells = "".join(f"{row[name]:>9.2f} ({row['ratio'][name]:.2f}x)" for name in COMPONENTS)
        lines.append(f"{chunk:>5}{cells}{row['peak_bytes'] / 2**20:>10.1f}")
    return "\n".join(lines)


def main() -> None:
    """Run, print, and write."""
    parser = machine.flags(__doc__)
    parser.add_argument("--chunks", nargs="+", type=int, default=[1, 2, 4, 8])
    parser.add_argument("--candidates", type=int, default=8)
    arguments = parser.parse_args()
    if arguments.candidates < 2:
        parser.error(f"--candidates is {arguments.candidates}; a search looks at nobody who is alone: give 2 or more")
    about = machine.describe(arguments.threads)
    engine = load(arguments.model, remember_bytes=0)
    report = bench(engine, arguments.chunks, arguments.candidates, arguments.repeats)
    print(f"{about['processor']}, {about['threads']} threads; medians of {arguments.repeats}, each candidate's share\n")
    print(table(report))
    machine.write({"machine": about, "candidates": arguments.candidates, "chunks": report}, arguments.out)


if __name__ == "__main__":
    main()
