"""The judge's record under the strip of scales: how often its favourite wins, and how surely right outscores wrong."""

from __future__ import annotations

from html import escape

from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.populations.reliability import AtScale, Reliability

from ...scene.frame import Frame
from ...scene.record import record_of, reliability_of
from ...scene.scene import Opening, Shown, Welcome
from .lab_view import lab_html

RECORD = "trust-record"
UNFOLD = (
    f' <button type="button" class="unfold" data-do="unfold" aria-expanded="false" aria-controls="{RECORD}">'
    "Every scale</button>"
)
HALF = 0.5
"""The share of pairs that a judge without any knowledge gets right."""


def before_html(scene: Welcome | Opening) -> str:
    """The record for as many candidates as the plan begins with."""
    search = scene.search if isinstance(scene, Welcome) else scene.session.run.search
    populations = record_of(scene.engine, search)
    if populations is None:
        return ""
    known = reliability_of(populations, scene.cells[0].alive)
    return strip_html(known, None, _in_general(known), folded=isinstance(scene, Opening))


def trust_html(scene: Shown) -> str:
    """The record for as many candidates as are alive, this scale marked, with what it means for this run.

    At the end it is that of as many as the run began with.
    """
    populations = record_of(scene.engine, scene.run.search)
    if populations is None:
        return ""
    frame = scene.frame
    if scene.node.state.done:
        known = reliability_of(populations, scene.run.batch[0])
        return strip_html(known, None, _in_general(known), folded=True)
    known = reliability_of(populations, len(frame.cards))
    return strip_html(known, frame.scale, sentence(known, frame), folded=True)


def strip_html(known: Reliability, now: int | None, text: str, *, folded: bool) -> str:
    """A sentence over two rows of bars, a column a scale as in the strip above; `now` is marked.

    Where a run needs the room for its candidates the bars are `folded` away until somebody asks for them.
    """
    columns = "".join(_column(at, known, now) for at in known.scales)
    mixed = f"; pairs from the {known.mixed} with both right and wrong ones" if known.mixed < known.prompts else ""
    return (
        f'<section class="trust{" folded" if folded else ""}" data-testid="trust" '
        'aria-label="When can the reward be trusted?">'
        f'<p class="told"><span role="status">{text}</span>{UNFOLD if folded else ""}</p>'
        f'<div class="record" id="{RECORD}"><ol>{columns}</ol>'
        f'<p class="meaning"><span class="a">favourite of {known.candidates} ends best</span>'
        '<span class="b">right outscores wrong</span><span>times in 100; dashed: by chance</span></p>'
        f"{lab_html(len(known.scales), known.most)}"
        f'<p class="note measured">Measured on {known.prompts} prompts{mixed}, everybody drawn to the end.</p>'
        "</div></section>"
    )


def _column(at: AtScale, known: Reliability, now: int | None) -> str:
    current = ' class="now" aria-current="step"' if at.scale == now else ""
    surely = "" if at.surely is None else _bar("b", at.surely, HALF, "right outscores wrong")
    return (
        f'<li{current}><span class="said">Scale {at.scale}: </span>'
        f"{_bar('a', at.favourite, known.chance, 'the favourite ends best')}{surely}</li>"
    )


def _bar(kind: str, value: Estimate, chance: float, what: str) -> str:
    """One number as a bar with its interval."""
    title = f"{what} {_hundred(value.value)} times in 100 ({_hundred(value.low)} to {_hundred(value.high)})"
    style = f"--v:{value.value:.3f};--low:{value.low:.3f};--high:{value.high:.3f};--lot:{chance:.3f}"
    return (
        f'<span class="{kind}" style="{style}" title="{escape(title)}"><i></i><b>{_hundred(value.value)}</b>'
        f'<span class="said"> {escape(what)}, in 100. </span></span>'
    )


def sentence(known: Reliability, frame: Frame) -> str:
    """What trusting the reward here would mean for this run, with its number."""
    at = known.scales[frame.scale]
    if len(frame.cards) < 2:
        return f"One candidate is left, so there is nothing to choose; {_pairs(at)}."
    often = _hundred(at.favourite.value)
    lot = _hundred(known.chance)
    if frame.last:
        return f"The last scale: the reward has the finished pictures before it; {_pairs(at)}."
    if frame.scale == 0 or _equal(frame):
        return f"The reward does not tell these candidates apart yet; {_record(often, lot)}."
    best = max(frame.cards, key=lambda card: card.probability)
    verb = "takes" if frame.decision == "resample" else "would take"
    chance = f"{best.probability:.0%}".replace("%", " %")
    return f"The reward {verb} {escape(best.name)} with <b>{chance}</b>; {_record(often, lot)}; {_pairs(at)}."


def _record(often: int, lot: int) -> str:
    return f"at this scale its favourite ends best <b>{often} times in 100</b> (by chance {lot})"


def _pairs(at: AtScale) -> str:
    if at.surely is None:
        return "whether right outscores wrong is not known"
    return f"a right picture outscores a wrong one {_hundred(at.surely.value)} times in 100"


def _equal(frame: Frame) -> bool:
    rewards = [card.reward for card in frame.cards]
    return max(rewards) - min(rewards) < 0.005


def _in_general(known: Reliability) -> str:
    """The record in one sentence: how early it is a lottery, and how late it is not."""
    early, late = known.scales[min(2, len(known.scales) - 1)], known.scales[-2]
    return (
        f"Of {known.candidates} candidates the one with the highest reward after scale {early.scale} ends best "
        f"<b>{_hundred(early.favourite.value)} times in 100</b> (by chance {_hundred(known.chance)}), after scale "
        f"{late.scale} <b>{_hundred(late.favourite.value)} times</b>: so layouts are kept apart first, and the reward "
        "chooses late."
    )


def _hundred(share: float) -> int:
    return round(100 * share)
