"""What the search takes, by component, against the same number of pictures without a search; and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ttsvar.types import StepCost

NAMES = ("transformer", "decode", "features", "reward", "selection")
WORDS = {"decode": "Decoding pictures is", "features": "Their features are", "reward": "Judging them is"}
REUSED = " An earlier run had drawn some of these pictures: their work is counted, their time is not."
W, H, LEFT, TOP, BOTTOM = 330, 128, 34, 18, 18


@dataclass(frozen=True)
class Curve:
    """A quantity over the scales, as one line of the figure."""

    name: str
    style: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Price:
    """What the next scale takes: candidates, floating-point operations, and seconds at the pace so far."""

    scale: int
    candidates: int
    flops: float
    seconds: float | None


@dataclass(frozen=True)
class Breakdown:
    """Everything that the cost panel shows."""

    search: StepCost
    looking: StepCost
    work: tuple[Curve, ...]
    held: tuple[Curve, ...]
    now: int
    price: Price | None
    reused: bool
    """Whether an earlier run had some of the pictures, so that they took no time here."""
    most: tuple[str, float]
    """The component that takes most FLOPs of the search, and its share."""


def cost_html(breakdown: Breakdown) -> str:
    """The price of the next scale, the table so far, and work and memory over the scales."""
    search, looking = breakdown.search, breakdown.looking
    rows = "".join(_row(n, search, looking) for n in NAMES if n in search.parts or n in looking.parts)
    return (
        f'{_price(breakdown.price)}<div class="wide" tabindex="0" role="region" aria-label="Cost by component">'
        '<table class="cost"><thead><tr><th scope="col">part</th><th scope="col">search</th>'
        '<th scope="col">FLOPs</th>'
        f'<th scope="col">peak</th><th scope="col">looking</th></tr></thead><tbody>{rows}'
        f'<tr class="sum"><th scope="row">all</th><td>{seconds(search.seconds)}</td><td>{_count(search.flops)}</td>'
        f"<td>{_bytes(_peak(search + looking))}</td><td>{seconds(looking.seconds)}</td></tr></tbody></table></div>"
        '<p class="note">The search itself looks only where it decides. <b>Looking</b> is what this page adds, so '
        f"that you can see every candidate at every scale.{REUSED if breakdown.reused else ''}</p>"
        f"{_figure('FLOPs so far, G', breakdown.work, breakdown.now, 1e9)}"
        f"{_figure('Tokens in the cache', breakdown.held, breakdown.now, 1.0)}{_key(breakdown.work)}"
        f'<p class="note">{_most(*breakdown.most)} The cache grows with the tokens that it holds (the paper\'s '
        "Figure 2). Solid up to this scale, faint as planned.</p>"
    )


def _most(name: str, share: float) -> str:
    """What the work consists of, in the words of what it means."""
    if name == "transformer":
        return f"Drawing the tokens is {share:.0%} of the work so far."
    return f"{WORDS[name]} {share:.0%} of the work so far: a decision costs a look at everybody, however coarse."


def _price(price: Price | None) -> str:
    if price is None:
        return '<p class="note first price">Every scale is drawn; nothing more is to be paid.</p>'
    time = "" if price.seconds is None else f", about {seconds(price.seconds)} at the pace so far"
    plural = "s" * (price.candidates != 1)
    return (
        f'<p class="note first price"><b>Next, scale {price.scale}:</b> {price.candidates} candidate{plural}, '
        f"{_count(price.flops)}FLOP{time}.</p>"
    )


def _figure(title: str, curves: Sequence[Curve], now: int, unit: float) -> str:
    top = max((v for c in curves for v in c.values), default=0.0) or 1.0
    scales = max(len(c.values) for c in curves)

    def place(scale: int, value: float) -> str:
        x = LEFT + scale * (W - LEFT - 8) / max(scales - 1, 1)
        return f"{x:.1f} {TOP + (1 - value / top) * (H - TOP - BOTTOM):.1f}"

    lines = []
    for curve in curves:
        points = [place(k, v) for k, v in enumerate(curve.values)]
        past = points[: now + 1] if curve.style == "own" else points
        lines.append(f'<path class="{curve.style}" d="M{"L".join(past)}"/>')
        if curve.style == "own" and now + 1 < len(points):
            lines.append(f'<path class="own ahead" d="M{"L".join(points[now:])}"/>')
    base = H - BOTTOM
    ticks = "".join(
        f'<text x="{place(k, 0).split()[0]}" y="{H - 4}" text-anchor="middle" class="{"now" if k == now else ""}">{k}'
        "</text>"
        for k in range(scales)
    )
    told = "; ".join(f"{c.name} {c.values[-1] / unit:.3g} in the end" for c in curves)
    return (
        f'<svg class="scores curves" viewBox="0 0 {W} {H}" role="img" aria-label="{title}: {told}">'
        f'<path class="grid" d="M{LEFT} {TOP}H{W - 6}M{LEFT} {base}H{W - 6}"/>'
        f'<text x="{LEFT - 5}" y="{TOP + 4}" text-anchor="end">{top / unit:.3g}</text>'
        f'<text x="{LEFT - 5}" y="{base + 3}" text-anchor="end">0</text>'
        f'<text x="{LEFT}" y="10" class="title">{title}</text>{ticks}{"".join(lines)}</svg>'
    )


def _key(curves: Sequence[Curve]) -> str:
    items = "".join(
        '<span><svg width="20" height="8" viewBox="0 0 20 8" class="scores" aria-hidden="true">'
        f'<path class="{c.style}" d="M0 4H20"/></svg>{c.name}</span>'
        for c in curves
    )
    return f'<div class="leg">{items}</div>'


def _row(name: str, search: StepCost, looking: StepCost) -> str:
    part, extra = search.parts.get(name), looking.parts.get(name)  # type: ignore[arg-type]
    cells = (
        seconds(part.seconds) if part else "\u2013",
        _count(part.flops) if part else "\u2013",
        _bytes(max(part.peak_bytes if part else 0, extra.peak_bytes if extra else 0)),
        seconds(extra.seconds) if extra else "\u2013",
    )
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{c}</td>" for c in cells)}</tr>'


def _peak(cost: StepCost) -> int:
    return max((p.peak_bytes for p in cost.parts.values()), default=0)


def seconds(value: float) -> str:
    """A duration as a person reads it."""
    return f"{value:.1f} s" if value >= 1 else f"{1000 * value:.0f} ms"


def _count(value: float) -> str:
    for unit, size in (("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f}"


def _bytes(value: float) -> str:
    if value <= 0:
        return "\u2013"
    if value < 2**20:
        return "< 1 MB"
    return f"{value / 2**30:.1f} GB" if value >= 2**30 else f"{value / 2**20:.0f} MB"
