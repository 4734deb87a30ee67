"""The share card and the moving picture: who sits where, what fits, and that only a finished run has them."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
from PIL import Image
from ui_helpers import PROMPT, go_to

from ttsvar.errors import StateError
from ui.files.archive import pack
from ui.files.events import Files
from ui.files.share.card import SIZE, card_png
from ui.files.share.model import seated, told_of
from ui.files.share.pen import Pen
from ui.panels.panel import Services
from ui.session.session import Session
from ui.shell.events import StateEvent


def test_candidates_keep_their_seats_and_copies_take_free_ones() -> None:
    first = seated((None, None, None, None), ())
    assert first == (0, 1, 2, 3)
    assert seated((0, 2, 2), first) == (0, 2, 1)
    assert seated((3, 3, 3, 3), first) == (3, 0, 1, 2)


def test_a_finished_run_is_told_with_its_winner_at_every_scale(session: Session) -> None:
    told = told_of(session, go_to(session, 13))
    assert told.prompt == PROMPT
    assert [sum(row.winning) for row in told.rows] == [1] * 13
    assert told.blurs.scale == 2
    assert told.by_hand == 0


def test_only_a_finished_run_has_a_card(session: Session) -> None:
    with pytest.raises(StateError, match="finished"):
        card_png(session, session.current)


@pytest.mark.slow
def test_card_and_film_leave_by_the_page_and_in_the_zip(services: Services, session: Session) -> None:
    at = go_to(session, 13)
    files = Files(services)
    event = StateEvent(session.id, at)
    card, film = files.card(event), files.film(event)
    assert card["name"] == "a-photo-of-three-blue-balls-0-card.png"
    assert Image.open(io.BytesIO(base64.b64decode(card["data"]))).size == SIZE
    moving = Image.open(io.BytesIO(base64.b64decode(film["data"])))
    assert moving.format == "WEBP"
    assert moving.n_frames == 13 + 4 + 1, "every scale, every decision, the end"  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(pack(session))) as archive:
        assert archive.read("card.png") == base64.b64decode(card["data"])
        assert archive.read("search.webp") == base64.b64decode(film["data"])


def test_a_long_prompt_is_cut_to_what_fits() -> None:
    pen = Pen(*SIZE)
    size, lines = pen.wrapped("a photo of " + "very " * 400 + "long word" * 60, 600, 2, (40, 20))
    assert size == 20
    assert len(lines) == 2
    assert lines[-1].endswith("...")
    assert all(pen.width(line, size) <= 600 for line in lines)
