"""The engine for programs: begin, step, select, rewind, image, card and the ways back. The page's API, and MCP tools.

They act on the same runs as the page: what a program begins, a person can watch at `?run=ID`, and the other way round.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr
from gradio.events import api
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from ttsvar.choices import Decision
from ttsvar.config import SearchConfig
from ttsvar.engine.history import Node
from ttsvar.errors import SelectionError, StateError
from ttsvar.setting import Setting
from ttsvar.settings import SETTINGS, read_texts
from ttsvar.storage.png import png_bytes
from ttsvar.values import UnfitError

from .endpoint import explained, number_of, text_of
from .files.records import evidence
from .files.share.card import card_png
from .files.share.film import film_webp
from .session.session import Session
from .session.store import SessionStore
from .setup import searches
from .setup.fields import fields_of, read_prompt, read_search, read_seed
from .shell.contract import MOST_COPIES
from .ways_back import WaysBack

PLAN = "8 8 6:cluster 6 6 4:cluster 2:resample ..."
"""What `plan` may look like."""


class Api(WaysBack):
    """The endpoints over one store of runs; every argument is checked, and every complaint says what to send."""

    def __init__(self, store: SessionStore) -> None:
        self.store = store

    def begin(
        self,
        prompt: str,
        search: str = "tts-var",
        n: int | None = None,
        seed: int = 0,
        settings: dict | None = None,
    ) -> dict:
        """Begin a run: nothing is drawn yet. Keep the run_id; every other endpoint takes it.

        Args:
            prompt: What the picture should show.
            search: The name of a search: tts-var, raw, best-of-n, importance-sampling, beam, smc, and so on.
            n: Factor on the number of candidates, 1 to 8; leave it out for the search's own.
            seed: Whole number; the same seed, prompt and choices give the same pictures.
            settings: {settings}

        Returns:
            run_id, scale, scales, candidates (their names), batch (alive after each scale), decisions by scale, and
            unknown_words of the prompt and of every other text that the model reads.
        """
        engine = self.store.engine
        with explained():
            usual = fields_of(engine, searches.base(text_of(search, "search")) or SearchConfig())
            own = {} if n is None else {"n": number_of(n, "n")}
            values = {**usual, "search": search, "plan": "", **own, **_settings(settings)}
            checked = read_search(values, engine.schedule)
            session = self.store.create(
                read_prompt(text_of(prompt, "prompt")), checked, read_seed(number_of(seed, "seed"))
            )
        run = session.run
        decisions = {str(k): run.search.decision(k) for k in range(len(run.schedule)) if run.search.decision(k)}
        return {
            "run_id": session.id,
            "scale": 0,
            "scales": len(run.schedule),
            "candidates": list(session.history.current.state.candidate_ids),
            "batch": list(run.batch),
            "decisions": decisions,
            "unknown_words": [
                w for text in (run.prompt, *read_texts(run.search)) for w in engine.prompts.unknown(text)
            ],
        }

    def step(self, run_id: str) -> dict:
        """Draw the scale the run stands at, if that was not done yet, and tell what the algorithm proposes.

        Args:
            run_id: The run, as `begin` named it.

        Returns:
            scale, grid, decision ({decisions} or null), keep (how many the schedule wants), candidates (index,
            name, reward, probability, cluster, proposed copies), proposal (indices), reason, and done. At the end of a
            run: done, and the survivors with their rewards and which is best.
        """
        with explained():
            session = self._run(run_id)
            return _told(session, session.open(session.current))

    def select(self, run_id: str, keep: list[int] | None = None) -> dict:
        """Choose who lives on after the scale that was drawn, and go to the next one (which `step` then draws).

        Args:
            run_id: The run, as `begin` named it.
            keep: Indices of the candidates that go on; an index given twice duplicates. Leave it out for the proposal.

        Returns:
            scale (the next one), candidates (names of those who live on), by (the algorithm, or you), and done.
        """
        with explained():
            session = self._run(run_id)
            node = session.history.current
            if node.state.done:
                raise StateError("This run is finished: take its image, or rewind it to a scale and choose again.")
            if node.result is None:
                raise StateError(f"Scale {node.state.scale} has not been drawn yet; call step before select.")
            at = session.commit(node.state.id, _counts(keep, len(node.result.grown)))
            new = session.open(at) if session.history.node(at).state.done else session.history.go(at)
            session.save()
            by = "the algorithm" if new.selection is None or new.selection.source == "strategy" else "you"
            state = new.state
            return {"scale": state.scale, "candidates": list(state.candidate_ids), "by": by, "done": state.done}

    def rewind(self, run_id: str, scale: int) -> dict:
        """Go back to a scale of the branch the run is on. Choosing differently there makes a branch; nothing is lost.

        Args:
            run_id: The run, as `begin` named it.
            scale: A scale that was drawn, counting from 0.

        Returns:
            What `step` tells of that scale.
        """
        with explained():
            session = self._run(run_id)
            nodes = {node.state.scale: node for node in session.history.path() if node.result is not None}
            if isinstance(scale, bool) or not isinstance(scale, int) or scale not in nodes:
                drawn = f"0 to {max(nodes)}" if nodes else "none yet; call step"
                raise StateError(f"scale is {scale!r:.40}; this branch has drawn {drawn}.")
            session.take_turn()
            return _told(session, session.open(nodes[scale].state.id))

    def image(self, run_id: str, candidate: str | None = None) -> str:
        """A picture of the run as PNG: of a finished run the best one with its recipe, otherwise the named candidate.

        Args:
            run_id: The run, as `begin` named it.
            candidate: A candidate's name at the scale the run stands at; leave it out for the best of a finished run.

        Returns:
            The PNG file.
        """
        with explained():
            session = self._run(run_id)
            data = _picture(session, text_of(candidate or "", "candidate").strip())
        return save_bytes_to_cache(data, f"{session.id}-{candidate or 'best'}.png", get_upload_folder())

    def card(self, run_id: str, moving: bool = False) -> str:
        """A finished run to show to others: a card of 1200 x 630 as PNG, or its search as an animated WebP.

        Args:
            run_id: The run, as `begin` named it.
            moving: True for the animated WebP.

        Returns:
            The file.
        """
        with explained():
            session = self._run(run_id)
            make, ending = (film_webp, "webp") if moving is True else (card_png, "png")
            data = make(session, session.current)
        return save_bytes_to_cache(data, f"{session.id}-card.{ending}", get_upload_folder())

    def _told(self, session: Session, node: Node) -> dict:
        return _told(session, node)

    def _run(self, run_id: str) -> Session:
        session = self.store.get(text_of(run_id, "run_id"))
        if session is None:
            raise StateError(f"There is no run {run_id!r:.40} on this server (any more); begin one, or check the id.")
        return session

    def publish(self) -> None:
        """Add the endpoints to the page that is being built."""
        for endpoint in (self.begin, self.step, self.select, self.rewind, self.redraw, self.again, self.cross):
            api(_plain(endpoint), api_name=endpoint.__name__)
        with gr.Row(visible=False):
            run, name, file = gr.Textbox(label="run_id"), gr.Textbox(label="candidate"), gr.File(label="PNG")
            moving = gr.Checkbox(label="moving")
            gr.Button("card").click(_plain(self.card), [run, moving], file, api_name="card", show_progress="hidden")
            gr.Button("image").click(_plain(self.image), [run, name], file, api_name="image", show_progress="hidden")


def _plain(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """A bound method as a function whose signature and docstring Gradio can read."""

    @wraps(endpoint)
    def call(*values: Any, **named: Any) -> Any:
        return endpoint(*values, **named)

    told = {"{settings}": _settings_told(), "{decisions}": ", ".join(Decision)}
    call.__doc__ = endpoint.__doc__ or ""
    for place, words in told.items():
        call.__doc__ = call.__doc__.replace(place, words)
    return call


def _settings_told() -> str:
    """What `begin` takes as settings, as its documentation says."""
    rows = ", ".join(f"{row.name} ({row.kind.json}: {row.help})" for row in SETTINGS.on_page())
    plan = f"plan (as in {PLAN!r}: how many live on, and what decides it)"
    return f"Any of {rows}, and {plan}. What is left out is as usual."


def _told(session: Session, node: Node) -> dict:
    state, result = node.state, node.result
    if result is None:
        scores = session.finished(state.id, pictures=False).scores
        assert scores is not None
        survivors = [
            {"index": i, "name": name, "reward": round(float(scores[i]), 5)}
            for i, name in enumerate(state.candidate_ids)
        ]
        best = state.candidate_ids[session.engine.best_index(state)]
        return {"scale": state.scale, "done": True, "candidates": survivors, "best": best}
    return {
        "scale": state.scale,
        "grid": list(session.run.schedule.sizes[state.scale]),
        "decision": result.decision,
        "keep": result.keep,
        "candidates": evidence(session, node),
        "proposal": list(result.proposal.parents),
        "reason": result.proposal.reason,
        "done": False,
    }


def _picture(session: Session, candidate: str) -> bytes:
    node = session.history.current
    state = node.state
    if state.done and not candidate:
        return png_bytes(session.engine.best(state))
    names = state.candidate_ids
    if candidate not in names:
        raise StateError(
            f"There is no candidate {candidate!r:.40} at scale {state.scale}; choose one of {', '.join(names)}."
            if candidate
            else f"This run is at scale {state.scale} of {len(session.run.schedule)}; name a candidate, or finish it."
        )
    images = (session.finished(state.id) if state.done else session.look(state.id)).images
    assert images is not None
    return png_bytes(Image.fromarray(images[names.index(candidate)].numpy()))


def _counts(keep: Any, alive: int) -> list[int] | None:
    if keep is None:
        return None
    if not isinstance(keep, list) or not all(type(k) is int and 0 <= k < alive for k in keep):
        raise SelectionError(f"keep is {str(keep)[:80]}; send a list of indices from 0 to {alive - 1}, or nothing.")
    counts = [keep.count(i) for i in range(alive)]
    if max(counts, default=0) > MOST_COPIES:
        raise SelectionError(f"keep asks for {max(counts)} copies of one candidate; the most is {MOST_COPIES}.")
    return counts


def _settings(values: Any) -> dict[str, Any]:
    """By name what the set-up fields would hold."""
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise StateError(f'settings is {str(values)[:40]!r}; send an object such as {{"lam": 5}}.')
    rows = {row.name: row for row in SETTINGS.on_page()}
    for name in values:
        if name not in rows and name != "plan":
            raise StateError(f"There is no setting {str(name)[:40]!r}; there are plan, {', '.join(rows)}.")
    return {
        name: text_of(value, name) if name == "plan" else _setting(rows[name], value) for name, value in values.items()
    }


def _setting(row: Setting[Any], value: Any) -> Any:
    """A setting that a program sends; its range is checked with that of the fields."""
    if value is None and row.blank:
        return None
    try:
        return row.kind.from_json(value)
    except UnfitError as error:
        wrong = value if error.entry is None else error.entry
        raise StateError(f"{row.name} is {wrong!r:.40}; it must be {error}.") from None
