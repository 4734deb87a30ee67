"""Sentences that say what is decided, and why, with the numbers of this run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ui.frames import Card, Frame


def join(names: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    names = list(names)
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def title(frame: Frame) -> str:
    """The heading of a scale."""
    alive = len(frame.cards)
    if frame.decision == "cluster":
        return f"Scale {frame.scale}: keep {frame.keep} of {alive}"
    if frame.decision == "resample":
        return f"Scale {frame.scale}: draw {frame.keep} from {alive}"
    if frame.decision == "select":
        return f"Scale {frame.scale}: keep the best of {alive}"
    return f"Scale {frame.scale}: {'one goes on' if alive == 1 else f'all {alive} go on'}"


def sentence(frame: Frame, following: str) -> str:
    """What the proposal does and why; `following` announces the next decision."""
    if frame.decision == "cluster":
        return _cluster_sentence(frame)
    if frame.decision == "resample":
        return _resample_sentence(frame)
    if frame.decision == "select":
        return _select_sentence(frame)
    return f"Nothing is decided here. {following}"


def _cluster_sentence(frame: Frame) -> str:
    groups: dict[str, list[str]] = defaultdict(list)
    for card in frame.cards:
        groups[card.letter].append(card.name)
    shared = [f"{join(names)} share a layout ({letter})" for letter, names in groups.items() if len(names) > 1]
    if not shared:
        return "Every candidate has a layout of its own; the proposal keeps one of each kind."
    return f"{'; '.join(shared[:3])}{'; more alike' if len(shared) > 3 else ''}. The proposal keeps one of each kind."


def _resample_sentence(frame: Frame) -> str:
    if all(c.proposed == 1 for c in frame.cards):
        return "Nobody is lost here: each goes on once."
    drawn = [_times(c) for c in frame.cards if c.proposed]
    best = max(frame.cards, key=lambda c: c.probability)
    out = [c.name for c in frame.cards if not c.proposed]
    lost = f" {join(out)} {'was' if len(out) == 1 else 'were'} not drawn." if 0 < len(out) <= 4 else ""
    return (
        f"Drawn by reward with \u03bb = {frame.lam:g}: {join(drawn)}. "
        f"{best.name} had {best.probability:.0%} of the chance.{lost}"
    )


def _select_sentence(frame: Frame) -> str:
    kept = [_times(c) for c in frame.cards if c.proposed]
    copies = " Copies go apart from the next scale on." if any(c.proposed > 1 for c in frame.cards) else ""
    return f"The highest by potential {frame.potential}: {join(kept)}.{copies}"


def _times(card: Card) -> str:
    """'c3', 'c3 twice', 'c3 4 times'."""
    return f"{card.name}{' twice' if card.proposed == 2 else f' {card.proposed} times' if card.proposed > 2 else ''}"


def following(decisions: Sequence[tuple[int, str, int]], scale: int) -> str:
    """What everybody goes on to; the strip of scales announces the decision itself."""
    if any(at > scale for at, _, _ in decisions):
        return "Everybody goes on to the next scale."
    return "No decision is left: what lives now is only refined."
