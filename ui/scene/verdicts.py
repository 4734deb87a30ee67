"""A detector's verdict on a picture, in words for people."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.atoms import Atom, AtomKind
from ttsvar.evaluation.rules.geneval import Verdict
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind

from ..session.session import Session
from ..session.shown import ATOMS, VERDICT
from ..session.walk import best_row

YES = '<span class="sat yes">\u2713 satisfies the prompt</span>'
MARKS = {True: "\u2713", False: "\u2717"}
UNTOLD = "does not satisfy the prompt"


def told(shortfall: Shortfall) -> str:
    """What a picture falls short of as a person would say it."""
    s = shortfall
    if s.kind is ShortfallKind.COLOR:
        return (
            f"no {s.color} {s.thing}: it is {', '.join(s.seen)}"
            if s.asked == 1
            else f"too few are a {s.color} {s.thing}"
        )
    if s.kind is ShortfallKind.PLACE:
        side = " and ".join(s.seen) or "on no clear side of"
        return f"the {s.thing} is {side} the {s.other}, not {s.place} it"
    if s.kind is ShortfallKind.NO_TARGET:
        return UNTOLD
    if s.found == 0:
        return f"no {s.thing} to be seen"
    return f"{s.asked} \u00d7 {s.thing} asked for, {s.found} drawn"


def verdict_html(satisfied: bool | None, reasons: tuple[Shortfall, ...]) -> str:
    """A mark and a few words; empty where nothing was measured."""
    if satisfied is None:
        return ""
    if satisfied:
        return YES
    return f'<span class="sat no">\u2717 {escape(told(reasons[0]) if reasons else UNTOLD)}</span>'


def atom_told(atom: Atom) -> str:
    """A part of the prompt and how far the picture has it, as in 'red star: 1 of 2'."""
    many = f"{atom.asked} \u00d7 " if atom.asked > 1 else ""
    if atom.kind is AtomKind.COUNT:
        return f"{many}{atom.thing}: {_answer(atom, f'{atom.found} drawn' if atom.found else 'none')}"
    if atom.kind is AtomKind.COLOR:
        instead = f"no, {', '.join(atom.seen)}" if atom.seen else "none there"
        return f"{atom.color} {atom.thing}: {_answer(atom, f'{atom.found} of {atom.asked}' if many else instead)}"
    where = f"no, {' and '.join(atom.seen)}" if atom.seen else "no"
    return f"{atom.thing} {atom.place} {atom.other}: {_answer(atom, where)}"


def _answer(atom: Atom, else_: str) -> str:
    return "yes" if atom.holds else else_


def atoms_html(atoms: Sequence[Atom]) -> str:
    """A list of the parts; empty where there is one alone, which the verdict says already."""
    if len(atoms) < 2:
        return ""
    items = "".join(
        f'<li class="sat {"yes" if atom.holds else "no"}">{MARKS[atom.holds]} {escape(atom_told(atom))}</li>'
        for atom in atoms
    )
    return f'<ul class="atoms" aria-label="Part by part">{items}</ul>'


def judged(session: Session, pixels: Any) -> list[Any]:
    """As plain values whether a picture of a run satisfies its prompt (None where nothing measures it), and why not."""
    return _plain(None if session.evaluator is None else session.evaluator.verdict(session.run.prompt, pixels))


def _plain(verdict: Verdict | None) -> list[Any]:
    return [None, []] if verdict is None else [bool(verdict.correct), [r.to_json() for r in verdict.reasons]]


def verdict_of(session: Session, state_id: str) -> tuple[bool | None, tuple[Shortfall, ...]]:
    """Whether the winner of a finished state satisfies its prompt, and why not; None where nothing can measure it."""

    def ask() -> list[Any]:
        verdict = _asked(session, state_id)
        session.show_again(state_id, ATOMS, lambda: _parts(verdict))
        return _plain(verdict)

    satisfied, reasons = session.shown(state_id, VERDICT, ask)
    try:
        return satisfied, tuple(Shortfall.from_json(reason) for reason in reasons)
    except ConfigError:  # kept as sentences, once: the picture is judged anew
        satisfied, reasons = session.show_again(state_id, VERDICT, ask)
        return satisfied, tuple(Shortfall.from_json(reason) for reason in reasons)


def atoms_of(session: Session, state_id: str) -> tuple[Atom, ...]:
    """Every part of the prompt, and whether the winner of a finished state has it; empty where nothing measures it."""
    kept = session.shown(state_id, ATOMS, lambda: _parts(_asked(session, state_id)))
    return tuple(Atom.from_json(part) for part in kept)


def _asked(session: Session, state_id: str) -> Verdict | None:
    """The detector's verdict on the winner of a finished state."""
    if session.evaluator is None:
        return None
    images = session.finished(state_id).images
    assert images is not None
    return session.evaluator.verdict(session.run.prompt, images[best_row(session, state_id)])


def _parts(verdict: Verdict | None) -> list[dict[str, Any]]:
    return [] if verdict is None else [atom.to_json() for atom in verdict.atoms]
