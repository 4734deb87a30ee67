"""Sentences that say what is decided, and why, with the numbers of this run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ttsvar.choices import Decision

from ..shell.text import copies, listed, signed, times
from .frame import Card, Frame

GO_ON = {1: "one goes on", 2: "both go on"}


def title(frame: Frame) -> str:
    """The heading of a scale."""
    alive = len(frame.cards)
    if frame.rule is Decision.RESAMPLE:
        return f"Scale {frame.scale}: pick {frame.keep} of {alive} by reward"
    if frame.decision:
        return f"Scale {frame.scale}: keep {frame.keep} of {alive}"
    return f"Scale {frame.scale}: {GO_ON.get(alive, f'all {alive} go on')}"


def sentence(frame: Frame, following: str) -> str:
    """What happens at this scale and why, with the numbers of this run; `following` announces the next decision.

    A rule that is none of the method's own is told in the strategy's words.
    """
    if frame.rule is Decision.CLUSTER:
        said = _cluster_sentence(frame)
    elif frame.rule is Decision.RESAMPLE:
        said = _resample_sentence(frame)
    elif frame.decision:
        said = _own_sentence(frame)
    else:
        return f"{standing(frame)} Nothing is decided here. {following}"
    return said + _overruled(frame)


def standing(frame: Frame) -> str:
    """Who leads, where nothing is decided."""
    ranked = sorted(frame.cards, key=lambda card: -card.reward)
    best, last = ranked[0], ranked[-1]
    if len(ranked) == 1:
        return f"{best.name} is refined; its reward is {signed(best.reward)}."
    if signed(best.reward) == signed(last.reward):
        return f"The reward does not tell the {len(ranked)} candidates apart yet ({signed(best.reward)} each)."
    lead = f"{best.name} has the highest reward so far ({signed(best.reward)})"
    return f"{lead}, {last.name} the lowest ({signed(last.reward)})."


def _cluster_sentence(frame: Frame) -> str:
    groups: dict[str, list[str]] = defaultdict(list)
    for card in frame.cards:
        groups[card.letter].append(card.name)
    alike = [f"{listed(names)} share a layout ({letter})" for letter, names in groups.items() if len(names) > 1]
    out = [card.name for card in frame.cards if not card.proposed]
    if not alike or not out:
        return "Every candidate has a layout of its own; the proposal keeps one of each kind."
    more = "; more are alike" if len(alike) > 3 else ""
    pairs = all(len(names) < 3 for names in groups.values())
    which = "one goes on" if pairs else "the one nearest to the middle of its cluster goes on"
    tied = " (of two, both are as near to the middle)" if pairs else ""
    kept = f"Of each kind {which}, whatever its reward{tied}, so that layouts stay different"
    return f"{_fall(frame)}: {'; '.join(alike[:3])}{more}. {kept}; {listed(out)} {_is(out)} dropped."


def _resample_sentence(frame: Frame) -> str:
    if all(c.proposed == 1 for c in frame.cards):
        return "Every candidate was picked once, so all go on."
    drawn = [_times(c) for c in frame.cards if c.proposed]
    best = max(frame.cards, key=lambda c: c.probability)
    out = [c.name for c in frame.cards if not c.proposed]
    lost = f" {listed(out)} {_is(out)} not picked." if 0 < len(out) <= 4 else ""
    luck = ", and was not picked" if not best.proposed else ""
    return (
        f"{_fall(frame)}: picked by reward with \u03bb = {frame.lam:g}: {listed(drawn)}. "
        f"{best.name} had {best.probability:.0%} of the chance{luck}.{lost if not luck else ''}"
    )


def _own_sentence(frame: Frame) -> str:
    copies = " Copies go apart from the next scale on." if any(c.proposed > 1 for c in frame.cards) else ""
    return frame.reason.replace("->", "\u2192") + copies


def _times(card: Card) -> str:
    """'c3', 'c3 twice', 'c3 4 times'."""
    return card.name if card.proposed < 2 else f"{card.name} {times(card.proposed)}"


def _overruled(frame: Frame) -> str:
    """What was chosen instead, where the proposal was overruled."""
    if all(card.count == card.proposed for card in frame.cards):
        return ""
    kept = [copies(card.name, card.count) for card in frame.cards if card.count]
    return f" You chose otherwise: {listed(kept)} went on."


def _fall(frame: Frame) -> str:
    return f"{len(frame.cards)} \u2192 {sum(card.proposed for card in frame.cards)}"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def following(decisions: Sequence[tuple[int, str, int]], scale: int) -> str:
    """What everybody goes on to; the strip of scales announces the decision itself."""
    if any(at > scale for at, _, _ in decisions):
        return "Everybody goes on to the next scale."
    return "No decision is left: what lives now is only refined."
