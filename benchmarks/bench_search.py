"""Seconds, memory and FLOPs of whole searches by component, as medians and as ratios to raw sampling in the same run.

python benchmarks/bench_search.py --out search.json
"""

from __future__ import annotations

from typing import Any

import machine

from ttsvar.config import SearchConfig, search_config
from ttsvar.engine.loop import Engine
from ttsvar.evaluation.bench.worker import Outcome, run_search
from ttsvar.families.load import load

PROMPT = "a photo of a red star and a green cup"


def bench(engine: Engine, searches: dict[str, SearchConfig], repeats: int, peak: float) -> dict[str, Any]:
    """Every search `repeats` times after one warm-up, in turns, so that a slow minute hits all of them alike."""
    runs: dict[str, list[Outcome]] = {label: [] for label in searches}
    for repeat in range(-1, repeats):
        for label, search in searches.items():
            outcome = run_search(engine, PROMPT, search, max(0, repeat))
            if repeat >= 0:
                runs[label].append(outcome)
    report = {label: _report(outcomes, peak) for label, outcomes in runs.items()}
    base = next(iter(report.values()))
    for arm in report.values():
        arm["ratio"] = {key: round(arm[key] / max(base[key], 1e-9), 3) for key in ("seconds", "flops", "peak_bytes")}
    return report


def _report(outcomes: list[Outcome], peak: float) -> dict[str, Any]:
    names = list(dict.fromkeys(name for o in outcomes for name in o.cost.parts))
    components = {}
    for name in names:
        parts = [o.cost.parts[name] for o in outcomes if name in o.cost.parts]
        seconds, flops = machine.median([p.seconds for p in parts]), machine.median([p.flops for p in parts])
        components[name] = {
            "seconds": seconds,
            "flops": flops,
            "peak_bytes": int(machine.median([p.peak_bytes for p in parts])),
            "items": machine.median([p.items for p in parts]),
            "of_peak": round(flops / max(seconds, 1e-9) / peak, 3),
        }
    seconds = machine.median([o.seconds for o in outcomes])
    flops = machine.median([o.cost.flops for o in outcomes])
    return {
        "seconds": seconds,
        "fastest": round(min(o.seconds for o in outcomes), 5),
        "flops": flops,
        "peak_bytes": max(part["peak_bytes"] for part in components.values()),
        "of_peak": round(flops / seconds / peak, 3),
        "components": components,
    }


def table(report: dict[str, Any]) -> str:
    """The report as text: a line for each search and, below it, one for each component."""
    lines = [f"{'':<24}{'seconds':>9}{'GFLOP':>9}{'MiB':>8}{'of peak':>9}{'ratio':>8}"]
    for label, arm in report.items():
        lines.append(_line(label, arm) + f"{arm['ratio']['seconds']:>8.2f}")
        lines += [_line(f"  {name} ({part['items']:g})", part) for name, part in arm["components"].items()]
    return "\n".join(lines)


def _line(name: str, row: dict[str, Any]) -> str:
    memory = row["peak_bytes"] / 2**20
    return f"{name:<24}{row['seconds']:>9.3f}{row['flops'] / 1e9:>9.2f}{memory:>8.1f}{row['of_peak']:>9.1%}"


def main() -> None:
    """Run, print, and write."""
    parser = machine.flags(__doc__)
    parser.add_argument(
        "--searches", nargs="+", default=["tts-var", "best-of-n"], help="besides raw, which comes first"
    )
    parser.add_argument("--n", nargs="+", type=int, default=[1, 2])
    arguments = parser.parse_args()
    about = machine.describe(arguments.threads)
    engine = load(arguments.model, remember_bytes=0)
    named = [(name, n) for name in arguments.searches for n in arguments.n if (name, n) != ("best-of-n", 1)]
    searches = {"raw": search_config("raw")} | {f"{name} n={n}": search_config(name, n=n) for name, n in named}
    report = bench(engine, searches, arguments.repeats, about["peak_gflops"] * 1e9)
    print(f"{about['processor']}, {about['threads']} threads, peak {about['peak_gflops']} GFLOP/s ({about['peak_of']})")
    print(f"medians of {arguments.repeats}; memory is what a component needed on top of what was held\n")
    print(table(report))
    machine.write({"machine": about, "prompt": PROMPT, "repeats": arguments.repeats, "searches": report}, arguments.out)


if __name__ == "__main__":
    main()
