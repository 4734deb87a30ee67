"""The report's figures as plotly figures, from the values that `collect` gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from ttsvar.config import STRATEGIES
from ttsvar.evaluation.bench.experiment import FigureKind
from ttsvar.evaluation.bench.experiments import experiment_row
from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.report.names import readable
from ttsvar.evaluation.report.schema import ArmFigures, ArmSettings, Consistency, Difference, ExperimentResult
from ttsvar.evaluation.report.summary import SHORT
from ttsvar.types import Component

if TYPE_CHECKING:
    import plotly.graph_objects as go

Along = Literal["n", "flops", "transformer flops", "seconds"]
"""What a curve goes along."""
Gap = Literal["overall", "reward"]
"""What a difference is of."""
OTHER = "#8C564B"
"""Of a strategy or a potential that is not known here, in rows of another version."""
Drawing = Callable[[], "go.Figure"]
"""Draws a figure when it is wanted: each takes a tenth of a second, and the first one plotly's import."""
FONT = 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", sans-serif'
PATTERNS = ("", "/", "x")
"""Tell arms of one strategy apart, in the order in which they come."""
POTENTIAL_COLORS = {"value": "#4650DD", "max": "#009E73", "sum": "#E69F00", "diff": "#CC79A7"}


def experiment_drawings(experiment: ExperimentResult) -> list[Drawing]:
    """The figures that the experiment names, of those that it has the numbers for; none is drawn yet."""
    kinds = experiment_row(experiment.name).figures
    return [
        partial(_FIGURES[kind], experiment) for kind in kinds if kind not in _GAPS or _told(experiment, _GAPS[kind])
    ]


def categories_figure(experiment: ExperimentResult) -> go.Figure:
    """Share of right images by category and overall, with intervals, one colour an arm."""
    figure = _empty()
    arms = experiment.summary.arms
    seen: dict[str, int] = {}
    for label, arm in arms.items():
        strategy = experiment.settings[label].strategy
        seen[strategy] = seen.get(strategy, 0) + 1
        estimates = {SHORT[tag]: value for tag, value in arm.categories.items()} | {"overall": arm.overall}
        values = [e.value for e in estimates.values()]
        figure.add_bar(
            name=readable(label),
            x=list(estimates),
            y=values,
            marker={"color": color_of(strategy), "pattern": {"shape": PATTERNS[(seen[strategy] - 1) % len(PATTERNS)]}},
            error_y=_bars(list(estimates.values())),
        )
    return calm(figure, "", "share of right images").update_yaxes(range=[0, 1.02])


def curve_figure(experiment: ExperimentResult, x: Along, title: str) -> go.Figure:
    """Overall share against N, a cost in GFLOP or seconds, one line a strategy; all arms with default settings.

    Raw sampling begins every line: with one candidate there is nothing to search.
    """
    figure = _empty()
    lines = by_strategy(experiment)
    raw = lines.pop("raw", [])
    for strategy, points in lines.items():
        begun = raw if strategy in ("best-of-n", "importance-sampling") else []
        placed = [(_place(label, arm, experiment, x), arm) for label, arm in [*begun, *points]]
        along = sorted(placed, key=lambda pair: pair[0])
        figure.add_scatter(
            name=readable(strategy),
            x=[place for place, _ in along],
            y=[arm.overall.value for _, arm in along],
            error_y=_bars([arm.overall for _, arm in along]),
            mode="lines+markers",
            line={"color": color_of(strategy)},
        )
    for label, arm in raw:
        figure.add_scatter(
            name=readable("raw"),
            x=[_place(label, arm, experiment, x)],
            y=[arm.overall.value],
            error_y=_bars([arm.overall]),
            mode="markers",
            marker={"color": color_of("raw"), "size": 9},
        )
    ticks: dict[str, Any] = {"tickvals": [1, 2, 4, 8, 16, 32, 64]} if x == "n" else {}
    return calm(figure, title, "share of right images").update_xaxes(type="log", **ticks)


def differences_figure(experiment: ExperimentResult, of: Gap, title: str) -> go.Figure:
    """Paired differences of 'overall' or 'reward' with their intervals, a row each; right of 0 the first is better.

    The row's words stand above its mark: beside it they would leave a phone no room. Each
    row has a piece of the zero line of its own, which ends below the words.
    """
    told = _told(experiment, of)
    rows = list(range(len(told), 0, -1))
    figure = _empty()
    for row in rows:
        zero = {"color": "#7C879A", "dash": "dot", "width": 1.5}
        figure.add_shape(type="line", x0=0, x1=0, y0=row - 0.3, y1=row + 0.2, line=zero)
    figure.add_scatter(
        x=[gap.value for _, gap in told],
        y=rows,
        error_x={**_bars([gap for _, gap in told]), "color": "#7C879A"},
        mode="markers",
        marker={"size": 8, "color": [color_of(experiment.settings[d.first].strategy) for d, _ in told]},
        hovertext=[f"{readable(d.first)} \u2212 {readable(d.second)}: {gap.value:+.3f}" for d, gap in told],
        hoverinfo="text",
        showlegend=False,
    )
    for row, (d, _) in zip(rows, told, strict=True):
        words = {"text": f"{readable(d.first)} \u2212 {readable(d.second)}", "showarrow": False, "font": {"size": 11}}
        figure.add_annotation(x=0, xref="paper", xanchor="left", y=row + 0.4, **words)
    calm(figure, title, "").update_layout(height=70 + 36 * len(told))
    return figure.update_yaxes(visible=False, range=[0.4, len(told) + 0.8])


def scale_figure(experiment: ExperimentResult) -> go.Figure:
    """Mean reward when resampled after one scale, one line an N; best-of-N of that N as a level (Figure 5a)."""
    figure = _empty()
    arms, settings = experiment.summary.arms, experiment.settings
    for place, n in enumerate(sorted({s.n for s in settings.values()})):
        points = [
            (int(label.rsplit("=", 1)[1]), arm.reward)
            for label, arm in arms.items()
            if settings[label].n == n and " resample=" in label
        ]
        color = ("#4650DD", "#009E73", "#CC79A7")[place % 3]
        xs, ys = zip(*sorted(points), strict=True) if points else ((), ())
        figure.add_scatter(name=f"resampled, N={n}", x=xs, y=ys, mode="lines+markers", line={"color": color})
        for label, arm in arms.items():
            if settings[label] == ArmSettings(strategy="best-of-n", n=n) and xs:
                level = {"color": color, "dash": "dot"}
                both = [arm.reward] * 2
                figure.add_scatter(name=readable(label), x=[min(xs), max(xs)], y=both, mode="lines", line=level)
    return calm(figure, "scale after which is resampled", "mean reward of the final image")


def consistency_figure(consistency: Consistency) -> go.Figure:
    """By scale how often the best candidate by potential is the best in the end (Figures 5b and 6)."""
    figure = _empty()
    for name, values in consistency.potentials.items():
        line = {"color": POTENTIAL_COLORS.get(name, OTHER)}
        figure.add_scatter(name=name, x=list(range(len(values))), y=values, mode="lines+markers", line=line)
    chance = 1 / max(1, consistency.candidates)
    figure.add_hline(y=chance, line={"color": "#7C879A", "dash": "dot"}, annotation_text="chance")
    return calm(figure, "scale", "consistency").update_yaxes(range=[0, 1.02])


def schedule_figure(columns: Mapping[str, Sequence[float]], title: str) -> go.Figure:
    """One cost by scale, one candidate against the adaptive schedule (Figure 2)."""
    figure = _empty()
    for (label, values), color in zip(columns.items(), ("#7C879A", "#4650DD"), strict=True):
        figure.add_bar(name=label, x=list(range(len(values))), y=values, marker={"color": color})
    return calm(figure, "scale", title)


def by_strategy(experiment: ExperimentResult) -> dict[str, list[tuple[str, ArmFigures]]]:
    """Arms by strategy, in their order."""
    lines: dict[str, list[tuple[str, ArmFigures]]] = {}
    for label, arm in experiment.summary.arms.items():
        lines.setdefault(experiment.settings[label].strategy, []).append((label, arm))
    return lines


def color_of(strategy: str) -> str:
    """A strategy's colour, the same in every figure."""
    return STRATEGIES[strategy].color if strategy in STRATEGIES else OTHER


def calm(figure: go.Figure, x: str, y: str) -> go.Figure:
    """The report's look: no frame, thin lines, the page's own type; colours that read on light and dark ground."""
    axis = {"gridcolor": "rgba(124,135,154,.22)", "zeroline": False, "fixedrange": True, "automargin": True}
    return figure.update_layout(
        height=340,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 12, "color": "#7C879A"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        dragmode=False,
        bargap=0.25,
        xaxis={**axis, "title": {"text": x}},
        yaxis={**axis, "title": {"text": y}},
    )


_FIGURES: Mapping[FigureKind, Callable[[ExperimentResult], go.Figure]] = {
    FigureKind.CATEGORIES: categories_figure,
    FigureKind.OVER_N: lambda e: curve_figure(e, "n", "N"),
    FigureKind.OVER_FLOPS: lambda e: curve_figure(e, "flops", "GFLOP an image"),
    FigureKind.OVER_TRANSFORMER_FLOPS: lambda e: curve_figure(e, "transformer flops", "GFLOP of the transformer"),
    FigureKind.OVER_SECONDS: lambda e: curve_figure(e, "seconds", "seconds an image"),
    FigureKind.BY_SCALE: scale_figure,
    FigureKind.DIFFERENCES: lambda e: differences_figure(e, "overall", "difference in right images"),
    FigureKind.REWARD_DIFFERENCES: lambda e: differences_figure(e, "reward", "difference in reward"),
}
_GAPS: Mapping[FigureKind, Gap] = {FigureKind.DIFFERENCES: "overall", FigureKind.REWARD_DIFFERENCES: "reward"}


def _told(experiment: ExperimentResult, of: Gap) -> list[tuple[Difference, Estimate]]:
    """The differences that have a value, with it."""
    pairs = [(d, d.overall if of == "overall" else d.reward) for d in experiment.summary.differences]
    return [(d, gap) for d, gap in pairs if gap is not None]


def _empty() -> go.Figure:
    import plotly.graph_objects as go

    return go.Figure()


def _place(label: str, arm: ArmFigures, experiment: ExperimentResult, x: Along) -> float:
    if x == "n":
        return experiment.settings[label].n
    if x == "seconds":
        return arm.seconds
    return (arm.flops if x == "flops" else arm.components[Component.TRANSFORMER].flops) / 1e9


def _bars(estimates: Sequence[Estimate]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [e.high - e.value for e in estimates],
        "arrayminus": [e.value - e.low for e in estimates],
        "thickness": 1.2,
        "width": 3,
    }
