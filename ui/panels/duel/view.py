"""Mine against the algorithm: the call, the race while it runs, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from ...scene.verdicts import verdict_html
from ...session.annotations import Duel, Side
from ...shell.contract import LONGEST_NICKNAME
from ...shell.text import copies, signed
from .repeats import MORE, MOST, over_seeds

VERDICTS = {"won": "Your choice gained", "tied": "Both came to the same reward", "lost": "Your choice cost"}
BOTH_WRONG = "Neither picture satisfies the prompt, so nobody won"
ONE_DRAW = "It is one draw of what comes after the choice: another seed may turn it round."
WORTH_SAYING = 0.02
"""Of a difference in diversity."""
LEAD = (
    "One decision, two ways: yours and the algorithm's are run to the end with the same random bits; after this "
    "choice both take every proposal."
)


@dataclass(frozen=True)
class Lane:
    """One way so far: (scale, name, thumbnail) of who leads at each grown scale."""

    title: str
    steps: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class Race:
    """Both ways while they run, and the scales that they draw."""

    mine: Lane
    algorithm: Lane
    scales: range


@dataclass(frozen=True)
class Offer:
    """A choice by hand that was taken earlier and can be compared."""

    at: str
    scale: int
    counts: tuple[int, ...]


BOARD = (
    '<div class="offer"><button type="button" class="go" data-do="compare" data-board="1" disabled>Compare with the '
    'algorithm</button><span class="note why">First choose otherwise than proposed, on the board above.</span></div>'
)
"""Offers the choice on the board: what it is, and at which state, the page's script reads there when it is pressed."""


def panel_html(
    run: str,
    board: bool,
    offers: list[Offer],
    outcomes: list[tuple[Duel, str, str, bool]],
    *,
    race: Race | None = None,
    error: str = "",
) -> str:
    """The whole panel, hidden where there is nothing to compare; `board` where the board has a choice for it.

    An outcome is the duel, both final pictures as data URIs, and whether it is unfolded.
    """
    told = "".join(_outcome(*outcome) for outcome in outcomes)
    middle = _race(race) if race else BOARD * board + "".join(_offer(o) for o in offers)
    hidden = "" if middle or told or error else " hidden"
    return (
        f'<section class="pn duel" data-run="{escape(run)}"{hidden}>'
        '<div class="head"><h3>Mine against the algorithm</h3>'
        f'<a class="chip" href="class" target="_blank" rel="noopener">Class chart</a></div><p class="note">{LEAD}</p>'
        f'{middle}<p class="err" role="alert">{escape(error)}</p>{told}'
        '<div class="mine" hidden><p class="score" role="status"></p><label class="nick">Nickname in the class chart '
        f'<input type="text" maxlength="{LONGEST_NICKNAME}" autocomplete="off" spellcheck="false" '
        'placeholder="a name or initials">'
        '</label><p class="err" role="alert"></p></div></section>'
    )


def _offer(offer: Offer) -> str:
    counts = ",".join(map(str, offer.counts))
    return (
        f'<div class="offer"><button type="button" class="go" data-do="compare" data-at="{escape(offer.at)}" '
        f'data-counts="{counts}">Compare scale {offer.scale}</button>'
        f'<span class="note">There you chose by hand.</span></div>'
    )


def _race(race: Race) -> str:
    last = race.scales[-1]
    now = max((scale + 1 for lane in (race.mine, race.algorithm) for scale, *_ in lane.steps), default=race.scales[0])
    return (
        f'<div class="race">{_lane(race.mine, race.scales)}{_lane(race.algorithm, race.scales)}</div>'
        f'<div class="offer"><button type="button" data-do="stop">Stop</button>'
        f'<span class="note" role="status">Drawing both, scale {min(now, last)} of {last}</span></div>'
    )


def _lane(lane: Lane, scales: range) -> str:
    by_scale = {scale: (name, thumb) for scale, name, thumb in lane.steps}
    cells = "".join(
        f'<li><img src="{by_scale[k][1]}" alt="{escape(by_scale[k][0])} leads at scale {k}"></li>'
        if k in by_scale
        else "<li></li>"
        for k in scales
    )
    return f'<div class="lane"><span>{escape(lane.title)}</span><ol>{cells}</ol></div>'


def _outcome(duel: Duel, mine: str, algorithm: str, unfolded: bool) -> str:
    amount = "" if duel.outcome == "tied" else f" {abs(duel.gain):.2f} reward in this one draw"
    decision = f", {duel.decision}" if duel.decision else ""
    told = BOTH_WRONG if _both_wrong(duel) else VERDICTS[duel.outcome]
    unequal = _unequal(len(duel.mine.kept), len(duel.algorithm.kept))
    line = f"Scale {duel.scale}{decision}: {unequal}{told[0].lower()}{told[1:]}{amount}"
    return (
        f'<details class="outcome {duel.outcome}"{" open" if unfolded else ""}><summary>{escape(line)}</summary>'
        f'<div class="sides">{_side("Your choice", duel.mine, mine)}'
        f"{_side('The algorithm', duel.algorithm, algorithm)}</div>"
        f'<p class="note">{_comparison(duel)}</p>{_seeds(duel)}</details>'
    )


def _side(title: str, side: Side, picture: str) -> str:
    alt = f"{title}: {side.winner}, reward {signed(side.reward)}"
    return (
        f'<figure><img src="{picture}" alt="{escape(alt)}"><figcaption><b>{title}</b> '
        f'<span class="rw">{signed(side.reward)}</span>{verdict_html(side.satisfied, side.reasons)}'
        f'<span class="note">kept {escape(_listed(side.kept))}; {escape(side.winner)} won</span>'
        f'<button type="button" data-do="open" data-go="{escape(side.end)}">Open this branch</button>'
        "</figcaption></figure>"
    )


def _comparison(duel: Duel) -> str:
    near = duel.lost_diversity
    spread = ""
    if abs(near) >= WORTH_SAYING:
        way = "nearer to" if near > 0 else "farther from"
        spread = f" Your survivors were {abs(near):.2f} {way} each other (cosine distance of features)."
    measured = (
        " Whether a picture satisfies the prompt is measured by a detector that no search sees."
        if duel.mine.satisfied is not None
        else " Nothing here measures whether this prompt is satisfied."
    )
    same = f"You and the algorithm kept the same candidates in {duel.agreement:.0%} of the places."
    return f"{same}{spread}{measured}"


def _seeds(duel: Duel) -> str:
    """What comes of it with more seeds, and the button that draws them."""
    gain = over_seeds(duel)
    said = ONE_DRAW
    if gain is not None:
        said = f"With {len(duel.repeats) + 1} seeds your choice gained {signed(gain.value)} reward on average "
        said += f"({signed(gain.low)} to {signed(gain.high)}), two wrong pictures counted as 0"
        said += "." if gain.low > 0 or gain.high < 0 else ": these draws do not tell the two ways apart."
    more = (
        f'<button type="button" data-do="repeat" data-go="{escape(duel.mine.end)}">Draw both with {MORE} more seeds'
        "</button>"
    )
    return f'<p class="seeds">{said} {more * (len(duel.repeats) < MOST)}</p>'


def _both_wrong(duel: Duel) -> bool:
    return duel.mine.satisfied is False and duel.algorithm.satisfied is False


def _unequal(mine: int, algorithm: int) -> str:
    """Said before the result, as more candidates are more work and more chances."""
    return "" if mine == algorithm else f"you kept {mine}, the algorithm {algorithm}; "


def _listed(kept: tuple[str, ...]) -> str:
    names = [copies(n, kept.count(n)) for n in dict.fromkeys(kept)]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
