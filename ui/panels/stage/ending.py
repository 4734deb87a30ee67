"""The end of a run: the best picture, how it came about, and what to take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ...scene.baseline import known_baseline
from ...scene.frame import array, pictures, survivors
from ...scene.pictures import png_uri
from ...scene.scene import Shown
from ...scene.verdicts import atoms_html, atoms_of, verdict_html, verdict_of
from ...session.branches import lines
from ...session.shown import BEST_PNG, SURVIVORS
from ...session.walk import best_row
from ...shell.text import file_stem, listed, signed
from ..cost.model import costs
from .once import COMING, once_html

CHECKED = "by a detector that no search sees; where no number is asked for, more things may be there"
SHARE_CARD = (
    '<section class="share-card" data-testid="share-card"><h3>To show to others</h3>'
    '<figure><img alt="" hidden><figcaption class="note">Prompt, first blurs, lineage, picture and verdict on one '
    'card.</figcaption></figure><div class="acts"><button type="button" data-do="card">Download card</button>'
    '<button type="button" data-do="film">Download moving picture</button></div></section>'
)
"""The script of the files asks for the card when this comes into view."""


@dataclass(frozen=True, kw_only=True)
class Ancestor:
    """One scale of the winner's line."""

    scale: int
    name: str
    thumb: str
    target: str
    reward: float
    decision: str | None


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What the last page shows."""

    prompt: str
    name: str
    reward: float
    png: str
    filename: str
    line: tuple[Ancestor, ...]
    others: tuple[tuple[str, str, float], ...]
    facts: tuple[tuple[str, str], ...]
    by_hand: int
    branches: int
    """How many ways this run was taken to somewhere."""
    verdict: str
    """Whether the picture satisfies the prompt, as HTML; empty where nothing measures it."""
    atoms: str
    """The same for each part of the prompt, as HTML."""
    unknown: tuple[str, ...]
    """Words of the prompt that the model does not know."""
    once: str
    """The picture that is drawn without a search beside it, as HTML."""


def ending_html(end: Ending) -> str:
    """Large picture, facts, download, the line over the scales and the other survivors."""
    facts = "".join(f"<div><b>{escape(v)}</b><span>{escape(k)}</span></div>" for k, v in end.facts)
    line = "".join(
        f'<li class="{a.decision or ""}"><button type="button" data-go="{escape(a.target)}">'
        f'<img src="{a.thumb}" alt="{escape(a.name)} at scale {a.scale}">'
        f'<i><span class="said">Go back to scale </span>{a.scale}</i> <small>{signed(a.reward)}</small></button></li>'
        for a in end.line
    )
    others = "".join(
        f'<figure><img src="{uri}" alt="{escape(name)}, not the best"><figcaption>{escape(name)} '
        f"<span>{signed(score)}</span>"
        "</figcaption></figure>"
        for name, uri, score in end.others
    )
    hand = "every choice as proposed" if not end.by_hand else f"{end.by_hand} choice{'s' * (end.by_hand > 1)} by hand"
    whole, verdict = "this branch" if end.branches > 1 else "the run", ""
    if end.verdict:
        verdict = f'<p class="checked">{end.verdict} <span class="note">{CHECKED}</span></p>'
        verdict += end.atoms
    if end.unknown:
        verdict += f'<p class="checked"><span class="sat no">{escape(cannot_be_right(end.unknown))}</span></p>'
    return (
        f'<div class="end" data-testid="ending"><figure class="best"><img src="{end.png}" alt="The best picture for: '
        f'{escape(end.prompt)}"></figure>'
        f'<div class="told"><p class="kick">Best of {whole}, {hand}</p><h2>{escape(end.prompt)}</h2>'
        f'<p class="mut">{escape(end.name)} has the highest reward of those who reached the last scale.</p>{verdict}'
        f'<div class="kpi">{facts}</div><div class="acts">'
        f'<a class="go" data-do="download" download="{escape(end.filename)}" href="{end.png}">Download PNG</a>'
        '<button type="button" data-do="save">Save session</button>'
        '<button type="button" data-do="share">Copy link</button>'
        '<button type="button" data-do="new">Start another</button></div>'
        '<label class="mut small"><input type="checkbox" id="with-recipe" checked> The PNG carries its recipe: drop it '
        "on this page, and the run is back, to the bit.</label></div></div>"
        f'<div class="once" data-testid="baseline" aria-live="polite">{end.once}</div>'
        f"{SHARE_CARD}"
        f'<div class="line"><h3>Its line over the scales</h3><ol>{line}</ol></div>'
        + (f'<div class="rest"><h3>Also finished</h3><div>{others}</div></div>' if others else "")
    )


def cannot_be_right(unknown: Sequence[str]) -> str:
    """Why a picture of words that the model does not know falls short."""
    words = listed([f"\u201c{word}\u201d" for word in unknown])
    return f"{words} {'is' if len(unknown) == 1 else 'are'} unknown to this model, so this picture cannot be right."


def ending_of(scene: Shown) -> Ending:
    """The facts of a finished state: its picture is made, signed and kept the first time."""
    session, state, run = scene.session, scene.node.state, scene.run
    best = best_row(session, state.id)
    scores = array(session.finished(state.id, pictures=False).scores)
    small = session.shown(state.id, SURVIVORS, lambda: survivors(session, state.id))
    reward = float(scores[best])
    path = session.history.path(state.id)
    return Ending(
        prompt=run.prompt,
        name=state.candidate_ids[best],
        reward=reward,
        png=session.shown(state.id, BEST_PNG, lambda: png_uri(session.engine.best(state))),
        filename=f"{file_stem(run.prompt, run.seed)}.png",
        line=_line(scene),
        others=tuple((c, small[i], float(scores[i])) for i, c in enumerate(state.candidate_ids) if i != best),
        facts=(("reward", signed(reward)), *_work(scene)),
        by_hand=sum(1 for n in path if n.selection is not None and n.selection.source == "user"),
        branches=len(lines(session.history)),
        verdict=verdict_html(*verdict_of(session, state.id)),
        atoms=atoms_html(atoms_of(session, state.id)),
        unknown=tuple(dict.fromkeys(session.engine.prompts.unknown(run.prompt))),
        once=once_html(session, state.id) if known_baseline(session) else COMING,
    )


def _line(scene: Shown) -> tuple[Ancestor, ...]:
    """The winner's ancestors, coarse to fine."""
    found = []
    for column in scene.columns:
        row = next((i for i, dot in enumerate(column.dots) if dot.winner), None)
        if row is None:
            continue
        node, dot = scene.session.history.node(column.target), column.dots[row]
        found.append(
            Ancestor(
                scale=column.scale,
                name=dot.name,
                thumb=pictures(scene.session, node)[0][row],
                target=column.target,
                reward=dot.reward,
                decision=scene.run.search.decision(column.scale),
            )
        )
    return tuple(found)


def _work(scene: Shown) -> tuple[tuple[str, str], ...]:
    """Seconds of the search, and its work against one picture without any."""
    search, raw = costs(scene.session, scene.at).search, scene.engine.cost(scene.run).raw
    ratio = f"{search.flops / raw:.1f}\u00d7" if raw else "\u2013"
    return ("search", f"{search.seconds:.1f} s"), ("the work of one picture", ratio)
