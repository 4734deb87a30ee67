"""Reward along every lineage over the scales: where does the ranking settle?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

from ...scene.lineage import Column, Dot
from ...scene.scene import Shown
from ...shell.text import signed

W, H, PAD_L, PAD_B, PAD_T = 330, 210, 34, 22, 10


def scores_of(scene: Shown) -> str:
    """The rewards of the branch up to the scale that is shown."""
    past = [column for column in scene.columns if column.scale <= scene.scale]
    return scores_html(past, scene.scales, scene.scale)


def scores_html(columns: Sequence[Column], scales: int, now: int) -> str:
    """Lines of reward; the ends of those that died are open rings."""
    values = [d.reward for c in columns for d in c.dots if math.isfinite(d.reward)]
    if not values:
        return '<p class="note first">Nothing has been scored yet.</p>'
    low, high = min(values), max(values)
    room = max(high - low, 0.2) * 0.08
    low, high = low - room, max(high, low + 0.2) + room

    def place(scale: int, value: float) -> tuple[float, float]:
        x = PAD_L + scale * (W - PAD_L - 10) / (scales - 1)
        return x, PAD_T + (high - value) / (high - low) * (H - PAD_T - PAD_B)

    parts = [_axis(place, scales, now, low, high)]
    for before, here in itertools.pairwise(columns):
        for dot in here.dots:
            if dot.parent is not None:
                x0, y0 = place(before.scale, before.dots[dot.parent].reward)
                x1, y1 = place(here.scale, dot.reward)
                kind = "win" if dot.winner else ""
                parts.append(
                    f'<path class="{kind}" data-name="{dot.name}" '
                    f'd="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" stroke="{dot.color}"/>'
                )
    for column in columns:
        for dot in column.dots:
            x, y = place(column.scale, dot.reward)
            fill = dot.color if dot.alive else "var(--sf)"
            parts.append(
                f'<circle data-name="{dot.name}" cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="{dot.color}">'
                f"<title>{dot.name} {signed(dot.reward)}</title></circle>"
            )
    best = max(columns[-1].dots, key=_rank)
    return (
        f'<svg class="scores" viewBox="0 0 {W} {H}" role="img" aria-label="Reward of every candidate over the '
        f'scales">{"".join(parts)}</svg>'
        f'<p class="note">Reward of each picture as it would look if generation stopped at that scale. Open rings '
        f"end there. "
        f"{best.name} leads at scale {columns[-1].scale} with {signed(best.reward)}{_since(columns)}.</p>"
    )


def _since(columns: Sequence[Column]) -> str:
    """Since which scale the line of the present leader has led without a break."""
    row = max(range(len(columns[-1].dots)), key=lambda i: _rank(columns[-1].dots[i]))
    since = columns[-1].scale
    for above, here in itertools.pairwise(reversed(columns)):
        parent = above.dots[row].parent
        if parent is None or max(map(_rank, here.dots)) > _rank(here.dots[parent]):
            break
        row, since = parent, here.scale
    if since < columns[-1].scale:
        return f", as its line has since scale {since}"
    return "; before, another line did" if len(columns) > 1 else ""


def _rank(dot: Dot) -> float:
    return dot.reward if math.isfinite(dot.reward) else -math.inf


def _axis(place: Callable[[int, float], tuple[float, float]], scales: int, now: int, low: float, high: float) -> str:
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 50, 1e9) if (high - low) / s <= 5)
    ticks = [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
    lines = "".join(
        f'<path class="grid" d="M{PAD_L} {place(0, t)[1]:.1f}H{W - 6}"/>'
        f'<text x="{PAD_L - 6}" y="{place(0, t)[1] + 3.5:.1f}" text-anchor="end">{signed(t, 1) if t else 0}</text>'
        for t in ticks
    )
    marks = "".join(
        f'<text x="{place(k, low)[0]:.1f}" y="{H - 5}" text-anchor="middle" class="{"now" if k == now else ""}">{k}'
        f"</text>"
        for k in range(scales)
    )
    return lines + marks
