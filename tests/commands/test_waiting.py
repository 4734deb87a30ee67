"""While the app loads its model a page answers, and leaves the address to the app."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from email.message import Message

import pytest

from ttsvar.commands.waiting import waiting_page


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def asked(port: int, **headers: str) -> tuple[int, Message, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/any?of=it", headers=headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    with refused.value as answer:
        return answer.code, answer.headers, answer.read().decode()


def test_a_browser_sees_what_is_being_done(port: int) -> None:
    with waiting_page("127.0.0.1", port) as doing:
        doing("Loading the model <toybox>")
        code, headers, page = asked(port, Accept="text/html,*/*")
    assert (code, headers["Retry-After"], headers["X-Starting"]) == (503, "2", "Loading the model <toybox>")
    assert ">Loading the model &lt;toybox&gt;</p>" in page
    assert "DOING" not in page


def test_a_program_is_told_to_come_again(port: int) -> None:
    with waiting_page("127.0.0.1", port):
        code, headers, said = asked(port)
    assert (code, headers.get_content_type()) == (503, "text/plain")
    assert said == "TTS-VAR Explorer is starting. Loading the libraries. Try again in a moment.\n"


def test_the_address_is_left_to_the_app(port: int) -> None:
    for _ in range(2):
        with waiting_page("127.0.0.1", port):
            assert asked(port)[0] == 503
        with socket.create_server(("127.0.0.1", port)):
            pass


def test_a_taken_address_is_left_to_whoever_has_it(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), waiting_page("127.0.0.1", port) as doing:
        doing("nobody reads this")
