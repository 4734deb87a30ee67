"""Three figures under the tabs: seconds so far, of this scale, and the work against a picture without a search."""

from __future__ import annotations

from ttsvar.types import StepCost

from ...scene.scene import Shown
from ..cost.model import costs
from ..cost.view import seconds


def facts_of(scene: Shown) -> str:
    """The figures at a state of a run."""
    cost = costs(scene.session, scene.at)
    return facts_html(cost.search, cost.last, scene.engine.cost(scene.run).raw)


def facts_html(search: StepCost, last: StepCost, raw_flops: float) -> str:
    """Three figures: seconds so far, of this scale, and the work against one picture drawn without a search."""
    ratio = search.flops / raw_flops if raw_flops else float("nan")
    third = "\u2013" if ratio != ratio else f"{ratio:.1f}\u00d7" if ratio >= 0.05 else "< 0.1\u00d7"
    return (
        f'<div class="kpi"><div><b>{seconds(search.seconds)}</b><span>search so far</span></div>'
        f"<div><b>{seconds(last.seconds)}</b><span>this scale</span></div>"
        f"<div><b>{third}</b><span>the work of one picture</span></div></div>"
    )
