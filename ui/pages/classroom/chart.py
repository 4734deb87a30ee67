"""Everybody's duels as one chart, large enough to be projected: when did people beat the method, and at which scale?"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from html import escape

from ...panels.duel.scoreboard import Entry, total
from ...shell.text import signed
from ..scan import scannable

W, H, LEFT, RIGHT, TOP, BOTTOM = 1100, 470, 70, 20, 26, 66
SHAPES = {
    "won": ("#009E73", "M0-7 7 6H-7Z", "beat it"),
    "tied": ("#7C879A", "M-6-6H6V6H-6Z", "tied with it"),
    "lost": ("#D55E00", "M0 7 7-6H-7Z", "lost to it"),
}
"""By outcome: colour, mark and word."""
MOST_LABELS = 30
WIDEST = 9
"""Marks beside each other at one scale before they share places."""


def chart_html(entries: Sequence[tuple[str, Entry]], scales: int, address: str) -> str:
    """Headline, chart and table of (nickname, duel); how to join, and an example, where there is nobody yet."""
    if not entries:
        return _empty(scales, address)
    return (
        f'<section class="class"><h2>{_headline([e for _, e in entries])}</h2>{_chart(entries, scales)}'
        f"{_legend()}{_table(entries)}{_join(address)}</section>"
    )


def _empty(scales: int, address: str) -> str:
    return (
        '<section class="class"><h2>Nobody has compared yet</h2><p class="mut"><a href="./">Open the app</a>, start a '
        "search, choose otherwise than proposed at some scale, press <b>Compare with the algorithm</b>, and give "
        'yourself a nickname. Or let everybody <a href="guess">guess the winner</a>, round by round.</p>'
        f'{_join(address)}<figure class="sample"><figcaption>An example of what will appear here</figcaption>'
        f"{_chart(_example(scales), scales)}</figure></section>"
    )


def _example(scales: int) -> list[tuple[str, Entry]]:
    """Made-up comparisons of made-up people, for a page that has none of its own yet."""
    people = (
        *(("Ada", 2, 0.21), ("Ben", 2, -0.34), ("Cleo", 5, 0.12)),
        *(("Dan", 5, -0.08), ("Eve", 6, 0.0), ("Finn", 9, 0.05)),
    )
    return [
        (name, Entry(
            visitor="", run="", at="", scale=scale, decision=None, gain=gain, lost_diversity=0.0, agreement=0.5,
            mine_satisfied=None, algorithm_satisfied=None, when=0.0,
        ))
        for name, scale, gain in people
        if scale < scales
    ]  # fmt: skip


def _join(address: str) -> str:
    if not address:
        return ""
    if "//127.0.0.1" in address:
        return '<p class="join">Only this computer can join. Start the app with <b>--host 0.0.0.0</b> for the room.</p>'
    return f'<div class="join">{scannable(address)}<p>To join: <b>{escape(address)}</b></p></div>'


def _headline(entries: list[Entry]) -> str:
    score = total(entries)
    assert score is not None
    by_scale = defaultdict(list)
    for entry in entries:
        by_scale[entry.scale].append(entry)
    wins = {k: sum(e.outcome == "won" for e in found) for k, found in by_scale.items()}
    where = max(wins, key=lambda k: (wins[k], -k))
    best = f", most often at scale {where}" if wins[where] else ""
    return f"People beat the method in {score.won} of {score.duels} comparisons{best}"


def _chart(entries: Sequence[tuple[str, Entry]], scales: int) -> str:
    top = max(max(abs(e.gain) for _, e in entries), 0.1) * 1.12
    step = (W - LEFT - RIGHT) / scales

    def x(scale: int) -> float:
        return LEFT + (scale + 0.5) * step

    def y(gain: float) -> float:
        return TOP + (top - gain) / (2 * top) * (H - TOP - BOTTOM)

    places: dict[tuple[int, int], int] = defaultdict(int)
    marks = []
    for name, entry in entries:
        cell = (entry.scale, round((y(entry.gain) - TOP) / 16))
        turn = places[cell] % WIDEST
        places[cell] += 1
        shift = (turn + 1) // 2 * (1 if turn % 2 else -1) * step / (WIDEST + 1)
        marks.append(_mark(name, entry, x(entry.scale) + shift, y(entry.gain), len(entries) <= MOST_LABELS))
    scale_labels = "".join(_column(entries, k, x(k), step) for k in range(scales))
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Chart of the choices">'
        f'<svg viewBox="0 0 {W} {H}" role="img" aria-label="Reward gained or lost against the '
        f'algorithm, by the scale of the choice">{_grid(y, top)}{scale_labels}{"".join(marks)}'
        f'<text x="{W - RIGHT}" y="{H - 4}" text-anchor="end" class="soft">scale of the choice, coarse to fine</text>'
        "</svg></div>"
    )


def _grid(y, top: float) -> str:
    step = next(s for s in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100, 1e9) if top / s <= 4)
    count = math.floor(top / step)
    lines = "".join(
        f'<path class="{"zero" if i == 0 else "grid"}" d="M{LEFT} {y(i * step):.1f}H{W - RIGHT}"/>'
        f'<text x="{LEFT - 8}" y="{y(i * step) + 5:.1f}" text-anchor="end">{signed(i * step) if i else "0"}</text>'
        for i in range(-count, count + 1)
    )
    return (
        f'{lines}<text x="{LEFT + 6}" y="{TOP - 8}" class="soft">reward gained over the algorithm</text>'
        f'<text x="{LEFT + 6}" y="{y(0) - 6:.1f}" class="soft">the algorithm</text>'
    )


def _column(entries: Sequence[tuple[str, Entry]], scale: int, x: float, step: float) -> str:
    found = [e for _, e in entries if e.scale == scale]
    won = sum(e.outcome == "won" for e in found)
    note = f"{won} of {len(found)}" if found else ""
    return (
        f'<text x="{x:.1f}" y="{H - BOTTOM + 22}" text-anchor="middle" class="{"on" if found else ""}">{scale}</text>'
        f'<text x="{x:.1f}" y="{H - BOTTOM + 42}" text-anchor="middle" class="soft">{note}</text>'
    )


def _mark(name: str, entry: Entry, x: float, y: float, label: bool) -> str:
    color, path, word = SHAPES[entry.outcome]
    told = escape(f"{name}, scale {entry.scale}: {word}, {signed(entry.gain)} reward")
    text = f'<text x="11" y="4" class="who">{escape(name)}</text>' if label else ""
    return (
        f'<g transform="translate({x:.1f},{y:.1f})" class="duelist"><title>{told}</title>'
        f'<path d="{path}" fill="{color}"/>{text}</g>'
    )


def _legend() -> str:
    items = "".join(
        f'<span><svg viewBox="-8 -8 16 16" width="14" height="14" aria-hidden="true"><path d="{path}" fill="{color}"/>'
        f"</svg>{word}</span>"
        for color, path, word in SHAPES.values()
    )
    return f'<p class="leg">{items}<span>under each scale: how many beat the method there</span></p>'


def _table(entries: Sequence[tuple[str, Entry]]) -> str:
    people = defaultdict(list)
    for name, entry in entries:
        people[name].append(entry)
    rows = []
    for name, own in sorted(people.items(), key=lambda item: -sum(e.gain for e in item[1])):
        score = total(own)
        assert score is not None
        cells = (
            score.duels, score.won, score.tied, score.lost, signed(0 + round(score.gain, 2)), f"{score.agreement:.0%}",
            signed(0 - round(score.lost_diversity, 2)),
        )  # fmt: skip
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{c}</td>" for c in cells)}</tr>')
    heads = ("who", "compared", "won", "tied", "lost", "reward", "agreement", "diversity")
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="What each person chose">'
        f'<table class="cost"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        '</div><p class="note">Reward and diversity are means of a choice, against the algorithm\'s. Agreement: the '
        "share of kept places that both gave to the same candidates.</p>"
    )
