"""docs/results.md: the headline and every table in short, with the command behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ttsvar.evaluation.bench.experiments import experiment_row
from ttsvar.evaluation.report.collect import headline
from ttsvar.evaluation.report.schema import Agreement, ArmFigures, Difference, Evidence, ExperimentResult
from ttsvar.evaluation.report.summary import CLAIM, SHORT
from ttsvar.toybox.world.prompts import TAGS

ORDER = {
    Agreement.AGREES: "agrees with the paper",
    Agreement.DIFFERS: "differs from the paper",
    Agreement.OPEN: "is open",
}


PUBLISHED = (
    "Other models on GenEval's own prompts, as the paper prints them, above ours on prompts of the same forms about "
    "this model's own objects: neither prompts nor evaluator are the same, so no column ranks across the line."
)


def results(evidence: Evidence) -> str:
    """The whole file as Markdown."""
    parts = [
        "# Results",
        f"Written by `python -m ttsvar report` from measured rows; do not edit. Model {evidence.model}, weights "
        f"`{evidence.weights}`. Brackets hold 95 % {evidence.intervals} intervals over prompts; differences are "
        "paired. The paper's numbers are Infinity-2B's on GenEval, so compare their order, not their height. "
        + f"{detector_sentence(evidence)} {work_sentence(evidence)}",
    ]
    if experiment := headline(evidence):
        parts += ["## Headline", verdict_sentence(experiment)]
    arms = {experiment.name: set(experiment.summary.arms) for experiment in evidence.experiments}
    for experiment in evidence.experiments:
        told = arms.get(experiment_row(experiment.name).within, set())
        parts += _pointer(experiment) if arms[experiment.name] <= told else _experiment(experiment)
    parts += [*_consistency(evidence), *_detector(evidence)]
    return "\n\n".join(parts) + "\n"


def verdict_sentence(experiment: ExperimentResult) -> str:
    """What the experiment says about the paper's claim, in words that follow from the intervals alone."""
    first, second = CLAIM
    summary = experiment.summary
    d = next(d for d in summary.differences if (d.first, d.second) == CLAIM)
    arms, gap = summary.arms, d.overall
    raw = f" (raw sampling: {arms['raw'].overall.value:.3f})" if "raw" in arms else ""
    if gap.low > 0:
        finding = "so it does better, as the paper finds"
    elif gap.high < 0:
        finding = "so it does worse, unlike what the paper finds"
    else:
        finding = "so these images do not tell them apart; the paper finds the first better"
    return (
        f"{first} satisfies {arms[first].overall.value:.3f} of the prompts and {second} "
        f"{arms[second].overall.value:.3f}{raw}: a difference of {gap.text('+')} on {summary.images} "
        f"images an arm, {finding}. It takes {d.flops_ratio:.2f} times the FLOPs ({d.transformer_ratio:.2f} of the "
        f"transformer's) and {d.seconds_ratio:.2f} times the seconds."
    )


def arm_columns(experiment: ExperimentResult) -> list[str]:
    """The columns that an experiment's arms have figures for."""
    arms = list(experiment.summary.arms.values())
    judges = sorted({name for arm in arms for name in arm.judges})
    optional = [
        *(["reward"] if any(arm.reward is not None for arm in arms) else []),
        *(["diversity"] if any(arm.diversity is not None for arm in arms) else []),
    ]
    tags = [SHORT[tag] for tag in TAGS if any(tag in arm.categories for arm in arms)]
    unseen = ["never seen"] if any(arm.held_out for arm in arms) else []
    return ["overall", *tags, *unseen, *optional, *judges, "seconds", "GFLOP", "peak MB"]


def arm_cells(arm: ArmFigures, columns: Sequence[str]) -> list[str]:
    """One arm's figures as text, in the order of the columns."""
    short = {SHORT[tag]: f"{estimate.value:.2f}" for tag, estimate in arm.categories.items()}
    peak = max((part.peak_bytes for part in arm.components.values()), default=0)
    values = {
        "overall": arm.overall.text(),
        "never seen": f"{arm.held_out.value:.2f}" if arm.held_out else "",
        "seconds": f"{arm.seconds:.2f}",
        "GFLOP": f"{arm.flops / 1e9:.1f}",
        "peak MB": f"{peak / 1e6:.0f}",
        **short,
        "reward": "" if arm.reward is None else f"{arm.reward:.3f}",
        "diversity": "" if arm.diversity is None else f"{arm.diversity:.3f}",
        **{name: "" if value is None else f"{value:.3f}" for name, value in arm.judges.items()},
    }
    return [values.get(column, "") for column in columns]


def detector_sentence(evidence: Evidence) -> str:
    """The measure's own error, to stand beside every table."""
    if evidence.detector is None:
        return "The measure's own error was not measured."
    told = []
    for kind, by_tag in evidence.detector.kinds.items():
        missed = sum(shares.right_called_wrong for shares in by_tag.values()) / len(by_tag)
        passed = sum(shares.wrong_called_right for shares in by_tag.values()) / len(by_tag)
        told.append(f"on {kind} scenes {missed:.1%} of right images called wrong, {passed:.1%} of wrong ones right")
    return f"The measure's own error: {'; '.join(told)}."


def work_sentence(evidence: Evidence) -> str:
    """How much was drawn for all of this, and how long it took."""
    images, hours = evidence.drawn.images, evidence.drawn.hours
    return f"All of it: {images:,} searches drawn to the end in {hours:.1f} hours of one core."


def detector_lines(evidence: Evidence) -> list[list[str]]:
    """A table of the measure's own error, head first; empty where it was not measured."""
    if evidence.detector is None:
        return []
    lines = [["pictures", "error", *(SHORT[tag] for tag in TAGS)]]
    for kind, by_tag in evidence.detector.kinds.items():
        missed = [f"{by_tag[tag].right_called_wrong:.3f}" if tag in by_tag else "" for tag in TAGS]
        passed = [f"{by_tag[tag].wrong_called_right:.3f}" if tag in by_tag else "" for tag in TAGS]
        lines += [[kind, "right called wrong", *missed], [kind, "wrong called right", *passed]]
    return lines


def _experiment(experiment: ExperimentResult) -> list[str]:
    summary, columns = experiment.summary, arm_columns(experiment)
    tables = [(t, t.columns.index(c)) for t in experiment.paper for c in ("GenEval",) if c in t.columns]
    head = ["search", *columns, *(f"paper ({t.source})" for t, _ in tables)]
    rows = []
    for label, arm in summary.arms.items():
        theirs = [f"{t.rows[label][place]:.4f}" if label in t.rows else "" for t, place in tables]
        rows.append([label, *arm_cells(arm, columns), *theirs])
    size = f"{summary.images} images an arm, {summary.prompts} prompts ({summary.held_out} never seen)."
    parts = [f"## {experiment.title}", f"{experiment.about} {size}".strip(), _markdown(head, rows)]
    parts += [text for table in published_tables(experiment) for text in (PUBLISHED, _markdown(*table))]
    parts += _unseen(summary.arms) if experiment_row(experiment.name).claim else []
    parts += _differences(experiment)
    parts += _against_paper(experiment)
    return [*parts, f"`python -m ttsvar evaluate {experiment.name}`"]


def published_tables(experiment: ExperimentResult) -> list[tuple[list[str], list[list[str]]]]:
    """Other models' figures with the arms under them, head and rows; none where the experiment has no such table."""
    table = experiment_row(experiment.name).published
    if table is None:
        return []
    theirs = [[model, *(_figure(value) for value in row)] for model, row in table.rows.items()]
    ours = []
    for label, arm in experiment.summary.arms.items():
        shares = {tag: estimate.value for tag, estimate in arm.categories.items()} | {"overall": arm.overall.value}
        ours.append([f"here: {label}", *(_figure(shares.get(column)) for column in table.columns)])
    head = [f"published ({table.source}), and here", *(SHORT.get(column, column) for column in table.columns)]
    return [(head, theirs + ours)]


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if value == round(value, 2) else f"{value:.4f}"


def _pointer(experiment: ExperimentResult) -> list[str]:
    """An experiment whose arms are all in the main table: its page has them as a curve."""
    about = f"{experiment.about} The searches are those of the main table; the page has their curve."
    return [f"## {experiment.title}", about, f"`python -m ttsvar evaluate {experiment.name}`"]


def _differences(experiment: ExperimentResult) -> list[str]:
    """Those at like cost; all of them where the paper has no table of its own."""
    found = [d for d in experiment.summary.differences if d.matched or not experiment.paper]
    lines = [
        f"- {d.first} - {d.second}: {_gap(d)}, {d.flops_ratio:.2f} times the FLOPs ({d.transformer_ratio:.2f} of the "
        f"transformer's), {d.seconds_ratio:.2f} times the seconds" + (f" ({', '.join(d.matched)})" if d.matched else "")
        for d in found
    ]
    return ["Differences:\n\n" + "\n".join(lines)] if lines else []


def _unseen(arms: Mapping[str, ArmFigures]) -> list[str]:
    """The combinations that training never saw, by category; empty where none was asked for."""
    found = next(iter(arms.values())).held_out_categories
    tags = [tag for tag in TAGS if tag in found]
    rows = [[label, *(f"{arm.held_out_categories[tag].value:.2f}" for tag in tags)] for label, arm in arms.items()]
    head = ["combinations never seen", *(SHORT[tag] for tag in tags)]
    return [_markdown(head, rows)] if tags else []


def _against_paper(experiment: ExperimentResult) -> list[str]:
    verdicts = experiment.against_paper
    if not verdicts:
        return []
    known = {(d.first, d.second): d for d in experiment.summary.differences}
    lines = [
        f"- {v.first} - {v.second}: {_gap(known[v.first, v.second])}, paper {v.paper:+.4f}: {ORDER[v.verdict]}"
        for v in verdicts
    ]
    return ["Against the paper:\n\n" + "\n".join(lines)]


def _gap(difference: Difference) -> str:
    """A difference in what is right, and in the reward where both arms have one."""
    reward = f", reward {difference.reward.text('+')}" if difference.reward else ""
    return difference.overall.text("+") + reward


def _consistency(evidence: Evidence) -> list[str]:
    consistency = evidence.consistency
    if consistency is None:
        return []
    scales = range(len(next(iter(consistency.potentials.values()))))
    rows = [[name, *(f"{v:.2f}" for v in values)] for name, values in consistency.potentials.items()]
    return [
        "## Consistency by scale (Figures 5b and 6)",
        "How often the candidate with the highest potential after a scale is the one whose final image scores highest; "
        f"{consistency.candidates} candidates, {consistency.searches} searches, chance "
        f"{1 / consistency.candidates:.3f}.",
        _markdown(["potential", *map(str, scales)], rows),
        "`python -m ttsvar evaluate consistency`",
    ]


def _detector(evidence: Evidence) -> list[str]:
    lines = detector_lines(evidence)
    return (
        ["## The measure's own error", _markdown(lines[0], lines[1:]), "`python -m ttsvar evaluate detector`"]
        if lines
        else []
    )


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    align = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, align, *rows])
