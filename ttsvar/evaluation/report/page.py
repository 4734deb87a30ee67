"""The report in sections, which the app shows too, and as one HTML page that needs nothing from outside."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ttsvar.evaluation.bench.experiments import experiment_row
from ttsvar.evaluation.bench.paper import PaperTable
from ttsvar.evaluation.report.collect import headline
from ttsvar.evaluation.report.figures import Drawing, consistency_figure, experiment_drawings, schedule_figure
from ttsvar.evaluation.report.names import readable
from ttsvar.evaluation.report.results import (
    PUBLISHED,
    arm_cells,
    arm_columns,
    detector_lines,
    detector_sentence,
    published_tables,
    verdict_sentence,
    work_sentence,
)
from ttsvar.evaluation.report.schema import Agreement, Evidence, ExperimentResult

if TYPE_CHECKING:
    import plotly.graph_objects as go

STYLE = """
:root { --bg: #F6F7F9; --sf: #fff; --ink: #171C26; --mut: #5B6679; --ln: #E3E7EE; --ac: #4650DD; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #0F131A; --sf: #171C26; --ink: #E9EDF4; --mut: #9AA5B7; --ln: #293140; --ac: #8A93FF; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 14px/1.5 Inter, ui-sans-serif, system-ui,
  -apple-system, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 24px; font-weight: 650; margin: 0 0 6px; } h2 { font-size: 17px; font-weight: 650; margin: 0 0 4px; }
p { margin: 0 0 12px; color: var(--mut); max-width: 74ch; } p.claim { color: var(--ink); font-size: 16px; }
section { background: var(--sf); border: 1px solid var(--ln); border-radius: 14px; padding: 20px; margin-top: 18px; }
.scroll { overflow-x: auto; margin: 8px 0 14px; } table { border-collapse: collapse; font-size: 13px; width: 100%; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--ln); text-align: right; white-space: nowrap; }
th { color: var(--mut); font-weight: 500; } th:first-child, td:first-child { text-align: left; }
td.paper { color: var(--mut); } .agrees { color: var(--ac); } .differs { font-weight: 650; }
code { font: 12.5px ui-monospace, SFMono-Regular, Menlo, monospace; } nav a { color: var(--ac); margin-right: 14px; }
details { margin-top: 8px; } summary { cursor: pointer; color: var(--mut); font-size: 13px; }
.figures { display: grid; grid-template-columns: repeat(var(--figures), minmax(0, 1fr)); gap: 12px; }
@media (max-width: 760px) { .figures { grid-template-columns: minmax(0, 1fr); } }
"""

VERDICTS = {
    Agreement.AGREES: "the same way",
    Agreement.DIFFERS: "the other way",
    Agreement.OPEN: "not told from chance",
}
"""What a verdict of `against_paper` means, in the order to tell them in."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One experiment or measurement: HTML above its figures, the figures, HTML below them."""

    name: str
    above: str
    drawings: tuple[Drawing, ...]
    below: str

    @property
    def figures(self) -> tuple[go.Figure, ...]:
        """The figures, drawn now."""
        return tuple(draw() for draw in self.drawings)


def page(evidence: Evidence) -> str:
    """The whole page as text."""
    from plotly.offline import get_plotlyjs

    parts = sections(evidence)
    links = " ".join(f'<a href="#{_esc(part.name)}">{_esc(part.name)}</a>' for part in parts)
    bodies = [
        f'<section id="{_esc(part.name)}">{part.above}<div class="figures" style="--figures: {len(part.drawings)}">'
        f"{''.join(f'<div>{_figure(f)}</div>' for f in part.figures)}</div>{part.below}</section>"
        for part in parts
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>TTS-VAR: evidence</title><style>{STYLE}</style><script>{get_plotlyjs()}</script></head><body><main>"
        f"<h1>Does searching while drawing help?</h1>{opening(evidence)}<nav>{links}</nav>"
        f"{''.join(bodies)}</main></body></html>"
    )


def opening(evidence: Evidence) -> str:
    """The headline in a sentence, and how to read what follows, as HTML."""
    experiment = headline(evidence)
    claim = verdict_sentence(experiment) if experiment else "The headline experiment was not run."
    return (
        f'<p class="claim">{_esc(claim)}</p><p>Model {_esc(evidence.model)}, weights '
        f"<code>{_esc(evidence.weights)}</code>. All arms of a table have the same prompts and seeds; brackets hold "
        f"95 % {_esc(evidence.intervals)} intervals over prompts, of paired differences where two arms are compared. "
        "The paper's numbers "
        f"are Infinity-2B's on GenEval: compare their order, not their height. {_esc(detector_sentence(evidence))} "
        f"{_esc(work_sentence(evidence))}</p>"
    )


def sections(evidence: Evidence) -> list[Section]:
    """Every experiment and measurement that was run."""
    measured = (_consistency(evidence), _schedule(evidence), _detector(evidence))
    counted: set[tuple[str, str]] = set()
    return [
        *(_section(experiment, counted) for experiment in evidence.experiments),
        *(section for section in measured if section),
    ]


def _section(experiment: ExperimentResult, counted: set[tuple[str, str]]) -> Section:
    summary = experiment.summary
    size = f"{summary.images} images an arm, {summary.prompts} prompts, {summary.held_out} of which ask for "
    above = (
        f"<h2>{_esc(experiment.title)}</h2>"
        f"<p>{_esc(experiment.about)} {size}combinations that training never saw.{_verdicts(experiment, counted)}</p>"
    )
    missing = f"<p>Not run: {_esc(', '.join(experiment.missing))}.</p>" if experiment.missing else ""
    tables = _arms_table(experiment) + _published(experiment) + _differences_table(experiment)
    below = tables + missing + _command(experiment.name)
    return Section(name=experiment.name, above=above, drawings=tuple(experiment_drawings(experiment)), below=below)


def _verdicts(experiment: ExperimentResult, counted: set[tuple[str, str]]) -> str:
    """How many of the paper's differences go its way here; nothing where it has none.

    Tables share arms: a pair that an earlier one told, which is in `counted`, is not told again.
    """
    new = [gap for gap in experiment.against_paper if (gap.first, gap.second) not in counted]
    counted.update((gap.first, gap.second) for gap in new)
    words = [gap.verdict for gap in new]
    told = [f"{words.count(word)} {meaning}" for word, meaning in VERDICTS.items() if word in words]
    return f" The paper's differences here, each pair in its first table: {', '.join(told)}." if told else ""


def _arms_table(experiment: ExperimentResult) -> str:
    columns = arm_columns(experiment)
    theirs = {(t.source, c): (t, i) for t in experiment.paper for i, c in enumerate(t.columns)}
    head = ["search", *columns, *(f"paper: {column}" for _, column in theirs)]
    rows = []
    for label, arm in experiment.summary.arms.items():
        numbers = [_of_paper(table, label, place) for table, place in theirs.values()]
        cells = [
            f'<td title="{_esc(label)}">{_esc(readable(label))}</td>',
            *(f"<td>{_esc(c)}</td>" for c in arm_cells(arm, columns)),
        ]
        rows.append("".join([*cells, *(f'<td class="paper">{n}</td>' for n in numbers)]))
    return _folded("Every search in figures", _table(head, rows), unfolded=experiment_row(experiment.name).claim)


def _published(experiment: ExperimentResult) -> str:
    tables = [
        _table(head, ["".join(f"<td>{_esc(cell)}</td>" for cell in row) for row in rows])
        for head, rows in published_tables(experiment)
    ]
    return "".join(_folded("Published models beside it", f"<p>{_esc(PUBLISHED)}</p>{table}") for table in tables)


def _differences_table(experiment: ExperimentResult) -> str:
    differences = experiment.summary.differences
    if not differences:
        return ""
    known = {(v.first, v.second): v for v in experiment.against_paper}
    rows = []
    for d in differences:
        verdict = known.get((d.first, d.second))
        theirs = f"{verdict.paper:+.4f}" if verdict else ""
        word = verdict.verdict.value if verdict else ""
        matched = ", ".join(d.matched)
        rows.append(
            f"<td>{_esc(readable(d.first))} \u2212 {_esc(readable(d.second))}</td><td>{d.overall.text('+')}</td>"
            f"<td>{d.reward.text('+') if d.reward else ''}</td>"
            f"<td>{d.flops_ratio:.2f}</td><td>{d.transformer_ratio:.2f}</td><td>{d.seconds_ratio:.2f}</td>"
            f"<td>{_esc(matched)}</td>"
            f'<td class="paper">{theirs}</td><td class="{word}">{word}</td>'
        )
    head = [
        "difference",
        "overall [95 %]",
        "reward [95 %]",
        "FLOPs ratio",
        "transformer FLOPs ratio",
        "seconds ratio",
        "compared at",
        "paper",
        "against the paper",
    ]
    return _folded("Every difference in figures", _table(head, rows))


def _consistency(evidence: Evidence) -> Section | None:
    consistency = evidence.consistency
    if consistency is None:
        return None
    scales = range(len(next(iter(consistency.potentials.values()))))
    rows = [
        f"<td>{_esc(name)}</td>" + "".join(f"<td>{value:.2f}</td>" for value in values)
        for name, values in consistency.potentials.items()
    ]
    above = (
        "<h2>Consistency by scale (Figures 5b and 6)</h2><p>How often the candidate with the "
        "highest potential after a scale is the one whose final image scores highest, among "
        f"{consistency.candidates} candidates, in {consistency.searches} searches. The paper finds value and max "
        "high from scale 6 on, sum lower, and diff low throughout; it gives no numbers.</p>"
    )
    below = _table(["potential", *map(str, scales)], rows) + _command("consistency")
    return Section(name="consistency", above=above, drawings=(partial(consistency_figure, consistency),), below=below)


def _schedule(evidence: Evidence) -> Section | None:
    schedule = evidence.schedule
    if schedule is None:
        return None
    flops = {label: columns.flops for label, columns in schedule.schedules.items()}
    tokens = {label: columns.cached_tokens for label, columns in schedule.schedules.items()}
    totals = {label: sum(values) for label, values in flops.items()}
    ratio = totals["adaptive"] / totals["one candidate"]
    above = (
        "<h2>What the adaptive schedule costs (Figure 2)</h2><p>Eight candidates at the coarse "
        f"scales and one at the fine ones take {ratio:.2f} times the transformer's FLOPs of one candidate throughout."
        "</p>"
    )
    drawings = (
        partial(schedule_figure, flops, "FLOPs of the transformer"),
        partial(schedule_figure, tokens, "tokens held in the cache"),
    )
    return Section(name="schedule", above=above, drawings=drawings, below=_command("schedule"))


def _detector(evidence: Evidence) -> Section | None:
    lines = detector_lines(evidence)
    if evidence.detector is None:
        return None
    head, *rows = lines
    cells = ["".join(f"<td>{_esc(cell)}</td>" for cell in row) for row in rows]
    above = (
        f"<h2>How often the measure itself is wrong</h2><p>{_esc(detector_sentence(evidence))} "
        "Scenes that we drew, as drawn and as the tokenizer decodes them, "
        f"{evidence.detector.scenes_per_category} a category.</p>"
    )
    return Section(name="detector", above=above, drawings=(), below=_table(head, cells) + _command("detector"))


def _command(name: str) -> str:
    return f"<p><code>python -m ttsvar evaluate {_esc(name)}</code></p>"


def _of_paper(table: PaperTable, label: str, place: int) -> str:
    return f"{table.rows[label][place]:.4f}" if label in table.rows else ""


def _figure(figure: go.Figure) -> str:
    config = {"displayModeBar": False, "responsive": True}
    return figure.to_html(full_html=False, include_plotlyjs=False, config=config)


def _folded(title: str, table: str, *, unfolded: bool = False) -> str:
    return f"<details{' open' if unfolded else ''}><summary>{_esc(title)}</summary>{table}</details>"


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    top = "".join(f"<th>{_esc(name)}</th>" for name in head)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Table">{table}</div>'


def _esc(text: str) -> str:
    return html.escape(str(text))
