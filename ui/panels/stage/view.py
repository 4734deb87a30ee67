"""The stage: the board of a scale, or the ending of a run."""

from __future__ import annotations

from ...scene import sentences
from ...scene.scene import Shown
from ..features.view import layer
from .bar import bar_html, stage_html
from .board import board_html
from .ending import ending_html, ending_of
from .story import story_html


def stage_of(scene: Shown) -> str:
    """What the stage shows of a run at a state."""
    return _ending(scene) if scene.node.state.done else _board(scene)


def _board(scene: Shown) -> str:
    frame, run = scene.frame, scene.run
    alive = len(frame.cards)
    plan = [
        (k, str(run.search.decision(k)), min(run.batch[k], alive))
        for k in range(scene.scales)
        if run.search.decision(k)
    ]
    text = sentences.sentence(frame, sentences.following(plan, frame.scale))
    ahead = any(k > frame.scale for k, _, _ in plan)
    bar = bar_html(last=frame.last, decision_ahead=ahead, error=scene.error)
    over = layer(run.search.extractor)
    board = board_html(frame, sentences.title(frame), text, prompt=run.prompt, layer=over, bar=bar)
    return stage_html(
        story_html(scene.session) + board,
        run=scene.session.id,
        at=scene.at,
        busy=scene.busy,
        kind=f"board {frame.decision or 'free'}",
        decision=frame.decision or "",
        keep=frame.keep,
        scale=frame.scale,
    )


def _ending(scene: Shown) -> str:
    inside = story_html(scene.session) + ending_html(ending_of(scene))
    return stage_html(inside, run=scene.session.id, at=scene.at, kind="final", scale=scene.scale)
