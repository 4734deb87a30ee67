"""The guided tour: steps that complete when the person does what they ask."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from json import dumps

from ttsvar.choices import Decision


@dataclass(frozen=True)
class Step:
    """One step: what to do, what to look at, and how the page's script knows that it is done.

    `target` is a CSS selector of what is pointed at. `until` is 'input SELECTOR' or 'click SELECTOR' (the person used
    it), 'shown SELECTOR' (it appeared), or 'moved forward', 'moved back' (another scale is shown).
    """

    title: str
    text: str
    target: str
    until: str


STEPS: tuple[Step, ...] = (
    Step("Say what to draw", "Type a prompt, or take one of the examples below it. What the model does not know "
         "is marked.", "#prompt", "input #prompt"),
    Step("Start", "Press Start. Eight candidates begin as blurs, nearly alike; the search draws them scale by scale.",
         "#go", "shown .stage.board"),
    Step("Go on one scale", "Nothing is decided yet, so press Next scale (or Enter): every candidate is drawn one "
         "scale finer.", ".bar [data-do=next]", "moved forward"),
    Step("To the first decision", "Press To next decision. At scale 2 the method groups candidates with like layouts.",
         ".bar [data-do=decision]", "shown " + ", ".join(f".stage.{kind}" for kind in (*Decision, "final"))),
    Step("See what it sees", "Press DINOv2 map (or M): it shows which parts of a picture a vision model finds alike. "
         "Clusters come from it. Press again for the pictures.", ".maps-switch", "click [data-do=maps]"),
    Step("Overrule it", "The proposal is selected. Click a card to drop or keep it; the bar warns of what that costs, "
         "and can run your choice and the algorithm's side by side.",
         ".board .card", "click .card [data-do]"),
    Step("Go on with your choice", "Press Next scale. What you chose is now this run's own branch.",
         ".bar [data-do=next]", "moved forward"),
    Step("Ask why", "Open Resampling: each candidate's chance if the reward decided here, and who was picked.",
         "#tabs", "click #tabs [role=tab]"),
    Step("Take it back", "Click an earlier scale in the strip on top. Nothing is lost: choosing differently there "
         "makes a second branch.", ".step", "moved back"),
    Step("To the end", "Press To the end. Then save the picture with its recipe, the session as ZIP, or a link.",
         ".bar [data-do=end]", "shown .stage.final"),
)  # fmt: skip


RING = '<i class="tour-ring" aria-hidden="true" hidden></i>'
"""Drawn around what a step speaks of."""


def tour_html() -> str:
    """The card that the script fills, hidden until the tour is started."""
    steps = escape(dumps([asdict(step) for step in STEPS]))
    ways = (("back", "Back"), ("show", "Show me where"), ("skip", "Skip"))
    buttons = "".join(f'<button type="button" data-tour="{key}">{label}</button>' for key, label in ways)
    return (
        f'{RING}<section class="tour" data-steps="{steps}" role="region" aria-label="Guided tour" hidden>'
        '<div class="top-line"><span class="of"></span><button type="button" data-tour="end" aria-label="End the tour">'
        f'End</button></div><div aria-live="polite"><h2></h2><p></p></div><div class="ways">{buttons}</div></section>'
    )
