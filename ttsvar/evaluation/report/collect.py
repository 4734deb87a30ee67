"""Everything that the rows of a store say: for the page, for docs/results.md and for the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ttsvar.config import STRATEGIES, search_config
from ttsvar.errors import StoreError
from ttsvar.evaluation.bench.evaluate import MATCHED_NOTES, TRACED
from ttsvar.evaluation.bench.experiment import Experiment, bases
from ttsvar.evaluation.bench.experiments import EXPERIMENTS
from ttsvar.evaluation.bench.measurements import all_consistency
from ttsvar.evaluation.bench.paper import PaperTable
from ttsvar.evaluation.bench.statistics import METHOD
from ttsvar.evaluation.bench.store import Conditions, Store
from ttsvar.evaluation.report.plain import from_plain
from ttsvar.evaluation.report.schema import (
    AgainstPaper,
    Agreement,
    ArmSettings,
    Consistency,
    DetectorError,
    Drawn,
    Evidence,
    ExperimentResult,
    MatchedSearch,
    ScheduleCost,
    Summary,
)
from ttsvar.evaluation.report.summary import CLAIM, summarize

T = TypeVar("T")
OVERALL_COLUMNS = ("GenEval", "overall")
"""The paper's columns that stand for what `overall` is here."""


def collect(store: Store) -> Evidence:
    """All figures of the newest weights in a store, of experiments with arms to compare.

    Raises StoreError where the store holds no row, ConfigError where a note in it is no measurement of ours.
    """
    newest = store.latest()
    if newest is None:
        raise StoreError(f"{store.path} holds no rows yet; make some with: python -m ttsvar evaluate headline.")
    model, weights = newest
    notes = store.notes(weights)
    matched = tuple(
        from_plain(MatchedSearch, {**notes[name], "cost": cost}, f"the note {name!r}")
        for cost, name in MATCHED_NOTES.items()
        if name in notes
    )
    experiments = [_experiment(store, e, model, weights, matched) for e in EXPERIMENTS.values()]
    images, seconds = store.work(weights)
    traces = store.traces(Conditions(model, TRACED, weights).key)
    return Evidence(
        model=model,
        weights=weights,
        intervals=METHOD,
        drawn=Drawn(images=images, hours=seconds / 3600),
        experiments=tuple(e for e in experiments if len(e.summary.arms) > 1),
        consistency=from_plain(Consistency, all_consistency(traces), "consistency") if traces else None,
        schedule=_noted(ScheduleCost, notes, "schedule"),
        detector=_noted(DetectorError, notes, "detector"),
    )


def _noted(kind: type[T], notes: Mapping[str, Any], name: str) -> T | None:
    return from_plain(kind, notes[name], f"the note {name!r}") if name in notes else None


def _experiment(
    store: Store, experiment: Experiment, model: str, weights: str, noted: tuple[MatchedSearch, ...]
) -> ExperimentResult:
    arms = dict(experiment.arms)
    matched = noted if experiment.matched else ()
    for extra in matched:
        arms.setdefault(f"best-of-n n={extra.n}", search_config("best-of-n", n=extra.n))
    rows = {label: store.rows(Conditions(model, search, weights).key) for label, search in arms.items()}
    plain = [label for label, search in arms.items() if not STRATEGIES[search.strategy].decides]
    summary = summarize(rows, plain, bases(arms))
    tables = tuple(replace(t, rows={k: v for k, v in t.rows.items() if k in arms}) for t in experiment.paper)
    return ExperimentResult(
        name=experiment.name,
        title=experiment.title,
        about=experiment.about,
        missing=tuple(label for label in experiment.arms if label not in summary.arms),
        matched=matched,
        settings={label: ArmSettings(strategy=arms[label].strategy, n=arms[label].n) for label in summary.arms},
        summary=summary,
        paper=tables,
        against_paper=against_paper(summary, tables),
    )


def against_paper(summary: Summary, tables: Sequence[PaperTable]) -> tuple[AgainstPaper, ...]:
    """For every difference that the paper has too, whether ours agrees with it.

    It agrees where ours has the same sign and its interval excludes 0, differs where the sign is the other one and the
    interval excludes 0, and is open where the interval holds 0 (or the paper finds none).
    """
    found = []
    for difference in summary.differences:
        gaps = [_paper_gap(table, difference.first, difference.second) for table in tables]
        theirs = next((gap for gap in gaps if gap is not None), None)
        if theirs is None:
            continue
        ours = difference.overall
        verdict = Agreement.OPEN
        if theirs != 0 and (ours.low > 0 or ours.high < 0):
            verdict = Agreement.AGREES if (ours.value > 0) == (theirs > 0) else Agreement.DIFFERS
        found.append(
            AgainstPaper(
                first=difference.first,
                second=difference.second,
                ours=ours,
                paper=round(theirs, 4),
                verdict=verdict,
            )
        )
    return tuple(found)


def headline(evidence: Evidence) -> ExperimentResult | None:
    """The experiment that bears the paper's claim, or None where it was not run."""
    named = {e.name: e for e in evidence.experiments}
    claimed = (named.get(name) for name in ("headline", "main"))
    return next((e for e in claimed if e and set(CLAIM) <= set(e.summary.arms)), None)


def _paper_gap(table: PaperTable, first: str, second: str) -> float | None:
    column = next((i for i, name in enumerate(table.columns) if name in OVERALL_COLUMNS), None)
    if column is None or first not in table.rows or second not in table.rows:
        return None
    return table.rows[first][column] - table.rows[second][column]
