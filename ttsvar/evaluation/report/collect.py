"""Everything that the rows of a store say, as plain JSON values: for the page, for docs/results.md and for the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ttsvar.config import search_config
from ttsvar.errors import StoreError
from ttsvar.evaluation.bench.evaluate import MATCHED_IN, MATCHED_NOTE, TRACED
from ttsvar.evaluation.bench.experiments import EXPERIMENTS, Experiment, bases
from ttsvar.evaluation.bench.measurements import all_consistency
from ttsvar.evaluation.bench.store import Recipe, Store
from ttsvar.evaluation.report.summary import CLAIM, summarize

OVERALL_COLUMNS = ("GenEval", "overall")
"""The paper's columns that stand for what `overall` is here."""


def collect(store: Store) -> dict[str, Any]:
    """All figures of the newest weights in a store, of experiments with arms to compare.

    Raises StoreError where the store holds no row.
    """
    newest = store.latest()
    if newest is None:
        raise StoreError(f"{store.path} holds no rows yet; make some with: python -m ttsvar evaluate headline.")
    model, weights = newest
    notes = store.notes(weights)
    experiments = [_experiment(store, e, model, weights, notes) for e in EXPERIMENTS.values()]
    images, seconds = store.work(weights)
    traces = store.traces(Recipe(model, TRACED, weights).key)
    return {
        "model": model,
        "weights": weights,
        "drawn": {"images": images, "hours": seconds / 3600},
        "experiments": [e for e in experiments if len(e["summary"]["arms"]) > 1],
        "consistency": all_consistency(traces) if traces else None,
        "schedule": notes.get("schedule"),
        "detector": notes.get("detector"),
    }


def _experiment(
    store: Store, experiment: Experiment, model: str, weights: str, notes: Mapping[str, Any]
) -> dict[str, Any]:
    arms = dict(experiment.arms)
    matched = notes.get(MATCHED_NOTE) if experiment.name in MATCHED_IN else None
    if matched:
        arms.setdefault(f"best-of-n n={matched['n']}", search_config("best-of-n", n=matched["n"]))
    rows = {label: store.rows(Recipe(model, search, weights).key) for label, search in arms.items()}
    plain = [label for label, search in arms.items() if search.strategy in ("best-of-n", "raw")]
    summary = summarize(rows, plain, bases(arms))
    settings = {label: {"strategy": arms[label].strategy, "n": arms[label].n} for label in summary["arms"]}
    tables = [
        {"source": t.source, "columns": list(t.columns), "rows": {k: list(v) for k, v in t.rows.items() if k in arms}}
        for t in experiment.paper
    ]
    return {
        "name": experiment.name,
        "title": experiment.title,
        "about": experiment.about,
        "missing": [label for label in experiment.arms if label not in summary["arms"]],
        "matched": matched,
        "settings": settings,
        "summary": summary,
        "paper": tables,
        "against_paper": against_paper(summary, tables),
    }


def against_paper(summary: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For every difference that the paper has too, whether ours agrees with it.

    'agrees' where ours has the same sign and its interval excludes 0, 'differs' where the sign is the other one and the
    interval excludes 0, 'open' where the interval holds 0 (or the paper finds none).
    """
    found = []
    for difference in summary["differences"]:
        first, second = difference["first"], difference["second"]
        gaps = [_paper_gap(table, first, second) for table in tables]
        theirs = next((gap for gap in gaps if gap is not None), None)
        if theirs is None:
            continue
        ours = difference["overall"]
        sure = ours["low"] > 0 or ours["high"] < 0
        same = (ours["value"] > 0) == (theirs > 0)
        verdict = "open" if not sure or theirs == 0 else "agrees" if same else "differs"
        found.append({"first": first, "second": second, "ours": ours, "paper": round(theirs, 4), "verdict": verdict})
    return found


def headline(evidence: Mapping[str, Any]) -> dict[str, Any] | None:
    """The experiment that bears the paper's claim, or None where it was not run."""
    named = {e["name"]: e for e in evidence["experiments"]}
    claimed = (named.get(name) for name in ("headline", "main"))
    return next((e for e in claimed if e and set(CLAIM) <= set(e["summary"]["arms"])), None)


def _paper_gap(table: Mapping[str, Any], first: str, second: str) -> float | None:
    column = next((i for i, name in enumerate(table["columns"]) if name in OVERALL_COLUMNS), None)
    if column is None or first not in table["rows"] or second not in table["rows"]:
        return None
    return table["rows"][first][column] - table["rows"][second][column]
