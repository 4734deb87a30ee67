"""Pictures are named by their content in what is sent, served once and for good, and forgotten in the end."""

from __future__ import annotations

import base64
import re

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.shell.pictures import FOREVER, PICTURES, ROUTE, Pictures
from ui.shell.quirks import keyed, on_event, on_values


def uri(content: bytes, kind: str = "webp") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


ONE, TWO = uri(b"one" * 200), uri(b"two" * 200, "png")


def test_equal_pictures_have_one_address_wherever_they_stand() -> None:
    html = Pictures().addressed(f'<img src="{ONE}" alt="A"><svg><image href="{ONE}" /></svg><img src="{TWO}">')
    assert "base64" not in html
    first, second, third = re.findall(r'(?:src|href)="(pictures/[0-9a-f]{32}\.(?:webp|png))"', html)
    assert first == second != third


@pytest.mark.parametrize(
    "html",
    [
        f'<a class="save" href="{ONE}" download="best.png">Save</a>',
        f'<img src="{uri(b"small")}">',
        '<img src="data:image/webp;base64,' + "=" * 600 + '">',
        f"<p>{ONE}</p>",
    ],
    ids=["a link's file", "a few bytes", "no base64", "text"],
)
def test_everything_else_stays_as_it_is(html: str) -> None:
    assert Pictures().addressed(html) == html


def test_a_picture_is_served_to_be_kept_for_good() -> None:
    address = PICTURES.addressed(f'<img src="{TWO}">').split('"')[1]
    client = TestClient(Starlette(routes=[ROUTE]))
    answer = client.get(f"/{address}")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"two" * 200, "image/png")
    assert answer.headers.items() >= {name.lower(): value for name, value in FOREVER.items()}.items()
    assert client.get("/pictures/" + "0" * 32 + ".png").status_code == 404


def test_the_longest_unnamed_leave_first() -> None:
    pictures = Pictures(most_bytes=2000)

    def named(letter: bytes) -> str:
        return pictures.addressed(f'<img src="{uri(letter * 900)}">').split('"')[1].split("/")[1]

    a, b = named(b"a"), named(b"b")
    assert named(b"a") == a
    named(b"c")
    assert pictures.find(a) is not None
    assert pictures.find(b) is None


def test_a_stream_ends_with_nothing_new_as_its_last_answer_is_sent_again() -> None:
    view = gr.HTML(render=False)
    components = {"view": view}

    def answers(_: object):
        yield {"view": "first"}
        yield {"view": f'<img src="{ONE}">'}

    for stream in (on_event(answers, dict, components)(gr.EventData(None, {})), on_values(answers, {}, components)({})):
        first, second, last = stream
        assert first == {view: "first"}
        assert second == keyed({"view": f'<img src="{ONE}">'}, components)
        assert "base64" not in second[view]
        assert last == gr.skip()
