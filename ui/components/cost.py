"""What the search took, by component."""

from __future__ import annotations

from ttsvar.types import StepCost

NAMES = ("transformer", "decode", "features", "reward", "selection")


def cost_html(search: StepCost, looking: StepCost) -> str:
    """Seconds, FLOPs and peak memory so far; what looking added is apart."""
    rows = "".join(_row(n, search, looking) for n in NAMES if n in search.parts or n in looking.parts)
    return (
        '<div class="wide"><table class="cost"><thead><tr><th scope="col">part</th><th scope="col">search</th>'
        '<th scope="col">FLOPs</th>'
        f'<th scope="col">peak</th><th scope="col">looking</th></tr></thead><tbody>{rows}'
        f'<tr class="sum"><th scope="row">all</th><td>{_seconds(search.seconds)}</td><td>{_count(search.flops)}</td>'
        f"<td>{_bytes(_peak(search))}</td><td>{_seconds(looking.seconds)}</td></tr></tbody></table></div>"
        '<p class="note">The search itself looks only where it decides. <b>Looking</b> is what this page adds, so '
        "that you can see every candidate at every scale.</p>"
    )


def facts_html(search: StepCost, last: StepCost, raw_flops: float) -> str:
    """Three figures under the panel: seconds so far, of this scale, and the work against one raw image."""
    ratio = search.flops / raw_flops if raw_flops else float("nan")
    third = f"{ratio:.1f}\u00d7" if ratio == ratio else "\u2013"
    return (
        f'<div class="kpi"><div><b>{_seconds(search.seconds)}</b><span>search so far</span></div>'
        f"<div><b>{_seconds(last.seconds)}</b><span>this scale</span></div>"
        f"<div><b>{third}</b><span>a raw image</span></div></div>"
    )


def _row(name: str, search: StepCost, looking: StepCost) -> str:
    part, extra = search.parts.get(name), looking.parts.get(name)  # type: ignore[arg-type]
    cells = (
        _seconds(part.seconds) if part else "\u2013",
        _count(part.flops) if part else "\u2013",
        _bytes(max(part.peak_bytes if part else 0, extra.peak_bytes if extra else 0)),
        _seconds(extra.seconds) if extra else "\u2013",
    )
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{c}</td>" for c in cells)}</tr>'


def _peak(cost: StepCost) -> int:
    return max((p.peak_bytes for p in cost.parts.values()), default=0)


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 1 else f"{1000 * value:.0f} ms"


def _count(value: float) -> str:
    for unit, size in (("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f}"


def _bytes(value: float) -> str:
    if value <= 0:
        return "\u2013"
    return f"{value / 2**30:.1f} GB" if value >= 2**30 else f"{value / 2**20:.0f} MB"
