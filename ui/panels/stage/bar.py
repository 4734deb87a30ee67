"""The bar over the cards, which it never covers: the choice, what it would lose, and the way on."""

from __future__ import annotations

from html import escape

from ...shell.quirks import tick

COMPONENTS = (("transformer", "draw"), ("decode", "decode"), ("features", "features"), ("reward", "reward"))
"""Components in the order in which a scale goes through them, as the progress names them."""


def bar_html(*, last: bool, decision_ahead: bool, error: str = "") -> str:
    """Buttons and the two lines that the page's script fills as the choice changes."""
    ahead = '<button type="button" data-do="decision">To next decision</button>' if decision_ahead else ""
    parts = "".join(f'<li data-part="{part}">{word}</li>' for part, word in COMPONENTS)
    end = "" if last else '<button type="button" data-do="end">To the end</button>'
    return (
        f'<div class="bar" role="region" aria-label="Your choice" data-testid="bar"><div class="what"></div>'
        f'<div class="acts"><button type="button" data-do="reset">Reset <kbd>R</kbd></button>{ahead}{end}'
        f'<button type="button" class="go" data-do="next">{"Finish" if last else "Next scale"} <kbd>\u23ce</kbd>'
        f"</button></div>"
        f'<div class="busy" hidden><ol class="parts" aria-hidden="true">{parts}</ol>'
        '<span class="now" role="status"></span><button type="button" data-do="stop">Stop <kbd>Esc</kbd></button>'
        '</div><div class="under"><span class="warn" role="status"></span>'
        '<span class="keys">Keys: 0 to 9 keep or drop, A all, R the proposal, M maps, Z enlarge, Enter goes on</span>'
        '<span class="keys taps">Tap a picture to keep or drop it; a cross is dropped</span>'
        '<button type="button" class="link" data-do="duel" hidden>Compare with the algorithm</button>'
        f'<span class="err" role="alert">{escape(error)}</span></div></div>'
    )


def stage_html(
    inside: str,
    *,
    run: str = "",
    at: str = "",
    busy: str = "",
    kind: str = "board",
    decision: str = "",
    keep: int = 0,
    scale: int | None = None,
) -> str:
    """The frame of board, ending or welcome, which scripts read its facts from; `scale` where one is shown."""
    return (
        f'<section class="stage {kind}" data-kind="{kind}" data-run="{escape(run)}" data-at="{escape(at)}" '
        f'data-busy="{escape(busy)}" data-decision="{decision}" data-keep="{keep}" '
        f'data-scale="{"" if scale is None else scale}" data-tick="{tick()}">'
        f"{inside}</section>"
    )
