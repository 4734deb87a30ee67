"""How the dropped candidates would have ended, and what that says of the choices: regret, false drops, luck."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from html import escape

from ...scene.others import YOU, Ending, Progress, Winner
from ...shell.text import listed, signed

LEAD = (
    "Every dropped candidate is drawn to its end, with the draws that it would have had. It changes nothing of the "
    "run, lets others go first, and may be stopped."
)
BY = {"cluster": "by layout", "resample": "by reward", "select": "by reward", YOU: "by your choice"}
SHOWN_ALIKE = 0.005
"""A difference of rewards that two places after the point do not show."""
MOST_NAMED = 6


def others_html(
    run: str, progress: Progress, found: Sequence[Ending], winner: Winner, *, busy: bool = False, error: str = ""
) -> str:
    """Button or progress, the sentences, and a picture for each."""
    whole = progress.done == progress.total
    told = "".join(f"<li>{line}</li>" for line in sentences(found, winner)) if whole else ""
    figures = "".join(_figure(one, winner) for one in found)
    failed = f'<p class="err" role="alert">{escape(error)}</p>' if error else ""
    return (
        f'<section class="pn others" data-testid="others" data-run="{escape(run)}"><div class="head">'
        f'<h3>What would have been</h3></div><p class="note first">{LEAD}</p>{_acts(progress, busy)}{failed}'
        f'<ul class="told">{told}</ul><div class="ends">{figures}</div></section>'
    )


def _acts(progress: Progress, busy: bool) -> str:
    left = progress.total - progress.done
    count = f"{progress.done} of {progress.total} finished"
    if busy:
        at = "" if progress.scale is None else f", drawn up to scale {progress.scale}"
        return (
            f'<p class="acts"><button type="button" data-do="stop">Stop</button> '
            f'<span role="status">{count}{at}</span></p>'
        )
    if not left:
        return f'<p class="acts"><span>{count}</span></p>'
    whom = "the others" if left == progress.total else f"the other {left}"
    return (
        f'<p class="acts"><button type="button" class="go" data-do="finish">Finish {whom}</button> '
        f"<span>{count}</span></p>"
    )


def sentences(found: Sequence[Ending], winner: Winner) -> list[str]:
    """Regret, false drops and luck, and what each choice by hand cost, each with its number."""
    return [_regret(found, winner), *_choices(found, winner), *_verdicts(found, winner)]


def _better(found: Sequence[Ending], winner: Winner) -> list[Ending]:
    """Those who would have ended with more reward, the best one first."""
    return sorted((e for e in found if e.reward - winner.reward > SHOWN_ALIKE), key=lambda e: -e.reward)


def _regret(found: Sequence[Ending], winner: Winner) -> str:
    better = _better(found, winner)
    if not better:
        return f"<b>Regret: none.</b> Of {len(found)} dropped candidates none would have ended with a higher reward."
    most = better[0]
    return (
        f"<b>Regret: {signed(most.reward - winner.reward)}.</b> {escape(most.name)}, dropped after scale "
        f"{most.scale} {BY.get(most.by, '')}, would have ended at {signed(most.reward)}; "
        f"{escape(winner.name)} has {signed(winner.reward)}. {len(better)} of {len(found)} would have ended higher."
    )


def _choices(found: Sequence[Ending], winner: Winner) -> list[str]:
    """A sentence for each scale at which a person dropped whom the search would have kept."""
    told: list[str] = []
    for scale, group in itertools.groupby((e for e in found if e.by == YOU), key=lambda e: e.scale):
        mine = list(group)
        names = escape(listed([e.name for e in mine[:MOST_NAMED]]))
        lead = f"<b>Your choice after scale {scale}</b> dropped {names}, whom the search would have kept"
        better = _better(mine, winner)
        if better:
            most = better[0]
            cost = signed(most.reward - winner.reward)
            told.append(f"{lead}: {escape(most.name)} would have ended at {signed(most.reward)}, {cost} over yours.")
        else:
            told.append(f"{lead}: none of them would have ended higher, so it cost no reward.")
    return told


def _verdicts(found: Sequence[Ending], winner: Winner) -> list[str]:
    """False drops and luck; nothing where no verdict is known of the prompt."""
    if winner.satisfied is None:
        return []
    right = [e for e in found if e.satisfied]
    if winner.satisfied:
        drops = "<b>False drops: none</b> that matter, as the picture that was kept satisfies the prompt."
    elif right:
        names = escape(listed([e.name for e in right[:MOST_NAMED]]))
        drops = f"<b>False drops: {len(right)}.</b> {names} would have satisfied the prompt."
    else:
        drops = "<b>False drops: none.</b> No dropped candidate would have satisfied the prompt either."
    everybody = len(found) + 1
    share = round(100 * (len(right) + winner.satisfied) / everybody)
    return [drops, f"<b>Luck:</b> one of these {everybody} taken by lot satisfies the prompt {share} times in 100."]


def _figure(one: Ending, winner: Winner) -> str:
    higher = ' class="higher"' if one.reward - winner.reward > SHOWN_ALIKE else ""
    verdict = {True: "\u2713 ", False: "\u2717 ", None: ""}[one.satisfied]
    alt = f"{one.name} at its end, reward {signed(one.reward)}"
    return (
        f'<figure{higher} data-name="{escape(one.name)}"><img src="{one.picture}" '
        f'alt="{escape(alt)}"><figcaption><b>{escape(one.name)}</b> {verdict}{signed(one.reward)}'
        f'<span class="note">left after {one.scale}</span></figcaption></figure>'
    )
