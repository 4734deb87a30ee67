"""Which names the app answers to, and which pages may act on it."""

from __future__ import annotations

import pytest

from ui.shell.hosts import Hosts, host_name, hosts


@pytest.mark.parametrize(
    "host", ["localhost:7860", "127.0.0.1:7860", "[::1]:7860", "10.0.0.7", "desk", "desk.local:80", "LOCALHOST"]
)
def test_addresses_and_local_names_are_answered(host: str) -> None:
    assert Hosts().answers(host)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "a@localhost", "localhost/x", "a b.c", ""]
)
def test_a_name_that_others_can_own_is_not(host: str) -> None:
    assert not Hosts().answers(host)


def test_names_are_added_by_hand_and_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSVAR_HOSTS", "lab.example.org, *.class.example")
    monkeypatch.setenv("SPACE_HOST", "me-ttsvar.hf.space")
    known = hosts(["https://Shown.example:8443"])
    for host in ("lab.example.org", "a.class.example:80", "me-ttsvar.hf.space", "shown.example"):
        assert known.answers(host), host
    assert not known.answers("class.example")
    assert not known.answers("evil.example")
    assert hosts(["*"]).answers("evil.example")


@pytest.mark.parametrize(
    ("origin", "host", "may"),
    [
        ("http://localhost:7860", "localhost:7860", True),
        ("http://Localhost:7860", "localhost:7860", True),
        ("https://lab.example.org", "127.0.0.1:7860", True),
        ("http://localhost:9999", "localhost:7860", False),
        ("http://127.0.0.1:7860", "localhost:7860", False),
        ("https://evil.example", "localhost:7860", False),
        ("https://lab.example.org.evil.example", "localhost:7860", False),
        ("null", "localhost:7860", False),
        ("", "localhost:7860", False),
    ],
)
def test_a_page_may_act_on_itself_alone_unless_it_is_named(origin: str, host: str, may: bool) -> None:
    assert Hosts(names=frozenset({"lab.example.org"})).may_act(origin, host) is may


def test_host_names_are_read_as_browsers_write_them() -> None:
    assert [host_name(v) for v in ("a.b:80", "[fe80::1]:80", "a.b.", "a:b:c", "a:99999", "#", "a?b")] == [
        "a.b", "fe80::1", "a.b", None, None, None, None,
    ]  # fmt: skip
