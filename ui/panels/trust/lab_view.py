"""How the plan lab looks: a row for each decision, whose handle is dragged along the strip of scales."""

from __future__ import annotations

from ttsvar.errors import ScheduleError

from .lab import KINDS, PlanEvent, Step, paper_plan


def lab_html(scales: int, most: int) -> str:
    """The lab at the paper's plan; `most` candidates are known of each prompt. Nothing where there is no such plan."""
    try:
        paper = paper_plan(scales)
    except ScheduleError:
        return ""
    rows = "".join(_row(step, scales, most) for step in paper.steps)
    return (
        '<details class="lab" data-testid="plan-lab"><summary>Try another plan</summary>'
        '<p class="note">Drag a decision along the scales, or change how many it keeps. What comes of it is predicted '
        "from candidates that were all drawn to the end: nothing is drawn now, and copies stay the same picture.</p>"
        f'<div class="step0"><label>Begin with {_number("start", paper.start, 1, most, "candidates at first")} '
        'candidates</label> <button type="button" data-do="paper">The paper\u2019s plan</button></div>'
        f'<div class="rows" data-scales="{scales}" data-paper="{_plain(paper)}">{rows}</div>'
        '<p class="alive" aria-hidden="true"></p>'
        '<dl><dt>This plan</dt><dd class="own" role="status">\u2026</dd>'
        '<dt>The paper\u2019s</dt><dd class="paper">\u2026</dd></dl><p class="note against"></p>'
        '<p class="err" role="alert"></p></details>'
    )


def _row(step: Step, scales: int, most: int) -> str:
    how = KINDS[step.kind]
    return (
        f'<div class="row {step.kind}" data-kind="{step.kind}"><input type="range" class="at" min="0" '
        f'max="{scales - 1}" value="{step.scale}" aria-label="Scale of the decision {how}">'
        f'<label>after scale <b class="where">{step.scale}</b> keep '
        f"{_number('keep', step.keep, 1, most, f'kept {how}')} {how}</label></div>"
    )


def _number(name: str, value: int, low: int, high: int, label: str) -> str:
    return f'<input type="number" class="{name}" min="{low}" max="{high}" value="{value}" aria-label="{label}">'


def _plain(plan: PlanEvent) -> str:
    """'8 cluster:2:6 ...', which the script reads."""
    return " ".join([str(plan.start), *(f"{s.kind}:{s.scale}:{s.keep}" for s in plan.steps)])
