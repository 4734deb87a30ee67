"""A session as a ZIP: complete for people, exact for the app, and refused where it is damaged, foreign or hostile."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from engine_fakes import backend_of, page_engine
from memory_use import peak_bytes
from PIL import Image
from ui_helpers import go_to, page_at

from ttsvar.errors import ConfigError, FileError, StateError, TTSVarError
from ttsvar.storage.png import read_recipe
from ttsvar.storage.runs import load_history
from ui.files import archive
from ui.files.archive import check_history, pack, unpack
from ui.files.events import Files
from ui.panels.panel import Services
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.shell.events import FileEvent
from ui.shell.quirks import Values


@pytest.fixture
def branched(session: Session) -> Session:
    """A finished run with an overruled branch at scale 2 and one that goes on from scale 6."""
    at_two = go_to(session, 2)
    first = go_to(session, 13)
    session.open(at_two)
    session.open(session.commit(at_two, [3, 0, 0, 0, 0, 0, 0, 1]))
    go_to(session, 7)
    session.open(first)
    return session


def reopened(data: bytes, store: SessionStore) -> Session:
    fill, origin = unpack(data)
    return store.adopt(fill, origin, check=check_history)


@pytest.mark.slow
def test_a_session_comes_back_to_the_bit_and_computes_nothing(branched: Session, tmp_path: Path) -> None:
    engine = page_engine()
    again = reopened(pack(branched), SessionStore(engine, tmp_path / "elsewhere"))
    assert backend_of(engine).grown == []
    assert again.id != branched.id
    assert again.current == branched.current
    assert [n.state.id for n in again.history] == [n.state.id for n in branched.history]
    for ours, theirs in zip(branched.history, again.history, strict=True):
        assert ours.selection == theirs.selection
        for a, b in zip(ours.state.bits, theirs.state.bits, strict=True):
            assert torch.equal(a, b)
    assert page_at(again, again.current)["stage"].count("<img") == page_at(branched, branched.current)["stage"].count(
        "<img"
    )
    assert (again.folder / "origin.json").is_file()  # type: ignore[operator]


@pytest.mark.slow
def test_the_zip_tells_every_decision(branched: Session) -> None:
    with zipfile.ZipFile(io.BytesIO(pack(branched))) as files:
        names = set(files.namelist())
        recipe = json.loads(files.read("recipe.json"))
        decisions = json.loads(files.read("decisions.json"))
        scores = list(csv.DictReader(io.TextIOWrapper(files.open("scores.csv"))))
        sheet = Image.open(io.BytesIO(files.read("contact-sheet.png")))
        picture = files.read("picture.png")
        gif = Image.open(io.BytesIO(files.read(f"survivors/{branched.history.current.state.candidate_ids[0]}.gif")))
    assert {"README.txt", "session/run.json", "session/origin.json"} <= names
    assert not any(n.startswith("session/shown/") for n in names), "pictures are made anew from the bits"
    assert len(recipe["branches"]) == 2
    assert read_recipe(picture).state == branched.current
    two = next(d for d in decisions if d["scale"] == 2)
    assert (two["decision"], two["keep"], len(two["candidates"])) == ("cluster", 6, 8)
    assert [c["by"] for c in two["choices"]] == ["the algorithm", "a person"]
    assert two["choices"][1]["kept"] == ["c0", "c0", "c0", "c7"]
    assert two["choices"][0]["reason"] == two["proposal"]["reason"]
    assert sum(c["probability"] for c in two["candidates"]) == pytest.approx(1, abs=1e-4)
    resampled = next(d for d in decisions if d["scale"] == 6)
    assert sum(c["drawn"] for c in resampled["candidates"]) == len(resampled["proposal"]["kept"])
    assert {row["branch"] for row in scores} == {"Branch 1", "Branch 2"}
    assert sum(row["branch"] == "Branch 1" for row in scores) == 8 + 8 + 8 + 6 * 3 + 4 + 2 * 3 + 3
    assert sheet.size == (40 + 8 * 138, 10 + 13 * 158)
    assert gif.n_frames == 13  # type: ignore[attr-defined]


def test_an_unfinished_session_packs_too(session: Session, store: SessionStore) -> None:
    at = go_to(session, 3)
    data = pack(session)
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert "picture.png" not in files.namelist()
    again = reopened(data, store)
    assert again.current == at
    go_to(again, 13)
    go_to(session, 13)
    assert again.current == session.current


def rewritten(data: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        parts = {name: files.read(name) for name in files.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for name, content in parts.items():
            files.writestr(name, content)
    return out.getvalue()


def index(change: Callable[[dict], Any]) -> Callable[[dict[str, bytes]], None]:
    def apply(parts: dict[str, bytes]) -> None:
        values = json.loads(parts["session/run.json"])
        change(values)
        parts["session/run.json"] = json.dumps(values).encode()

    return apply


def huge_array(parts: dict[str, bytes]) -> None:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "|u1", "fortran_order": False, "shape": (10**13,)})
    step = next(n for n in parts if n.endswith(".npz"))
    npz = io.BytesIO()
    with zipfile.ZipFile(npz, "w") as files:
        files.writestr("bits.npy", out.getvalue())
    parts[step] = npz.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.pop("session/run.json"),
        lambda parts: parts.update({"session/run.json": b"{"}),
        lambda parts: parts.update({"session/origin.json": b"[]"}),
        lambda parts: parts.update({n: b"nothing" for n in parts if n.endswith(".npz")}),
        lambda parts: [parts.pop(n) for n in list(parts) if n.endswith(".npz")],
        huge_array,
        index(lambda run: run.update(format=9)),
        index(lambda run: run["run"].update(seed=5)),
        index(lambda run: run["run"].update(batch=[500] * 13)),
        index(lambda run: run["nodes"][0]["step"].update(decision='"><script>')),
        index(lambda run: run["nodes"][0]["step"].update(keep="8")),
        index(lambda run: run["nodes"][0]["step"]["proposal"].update(source="<b>")),
        index(lambda run: run["nodes"][0]["step"]["proposal"].update(parents=[99])),
        index(lambda run: run["nodes"][0]["step"]["seen"].update(scores=[1.0])),
        index(lambda run: run["nodes"][0]["step"]["seen"].update(labels=[-1] * 8)),
    ],
)
def test_a_damaged_or_doctored_session_is_refused(
    session: Session, store: SessionStore, change: Callable[[dict[str, bytes]], Any]
) -> None:
    go_to(session, 2)
    with pytest.raises((FileError, StateError)):
        reopened(rewritten(pack(session), change), store)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda parts: parts.update({"session/run.json": b" " * 90_000_000}), r"run\.json in this ZIP has 90,000,000"),
        (lambda parts: parts.update({"session/run.json": b"[" + b"[]," * 2_000_000 + b"1]"}), "far more than it needs"),
        (lambda parts: parts.update({"session/run.json": b"[" * 100_000}), "deep"),
        (lambda parts: parts.update({"session/origin.json": b"[" * 60_000}), "deep"),
        (lambda parts: parts.update({"session/origin.json": b" " * 100_000}), r"origin\.json in this ZIP has 100,000"),
        (lambda parts: parts.update({f"session/steps/{'0' * 16}.npz": bytes(40_000_000)}), "40,000,000 bytes"),
        (index(lambda run: run["run"].update(batch=[10**9] * 13)), "no recipe of a run"),
        (index(lambda run: run["nodes"][1]["selection"].update(parents=[0] * 10**6)), "damaged"),
        (index(lambda run: run.update(names={f"name {i}": run["nodes"][0]["id"] for i in range(2000)})), "more names"),
    ],
)
def test_a_small_file_that_would_cost_much_is_refused_in_little(
    session: Session, store: SessionStore, change: Callable[[dict[str, bytes]], Any], why: str
) -> None:
    go_to(session, 2)
    data = rewritten(pack(session), change)

    def read() -> None:
        with pytest.raises(TTSVarError, match=why):
            reopened(data, store)

    assert peak_bytes(read) < 64 * 1024**2


def test_no_message_shows_a_folder_of_the_server(session: Session, store: SessionStore) -> None:
    go_to(session, 2)
    for change in (
        index(lambda run: run["run"].update(seed=5)),
        index(lambda run: run.update(current="nobody")),
        index(lambda run: run.update(format=9)),
        lambda parts: parts.update({"session/run.json": b"{"}),
        lambda parts: [parts.pop(n) for n in list(parts) if n.endswith(".npz")],
    ):
        with pytest.raises(TTSVarError) as refused:
            reopened(rewritten(pack(session), change), store)
        assert str(store.root) not in str(refused.value)
        assert "draft-" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and no more", b"no archive at all"])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    with pytest.raises(FileError):
        unpack(data)


def test_a_foreign_zip_says_what_to_drop() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        files.writestr("holiday.txt", "sun")
    with pytest.raises(FileError, match="Drop one that was saved"):
        unpack(out.getvalue())


def test_names_that_lead_elsewhere_are_not_read(session: Session, store: SessionStore, tmp_path: Path) -> None:
    def strange(parts: dict[str, bytes]) -> None:
        parts["session/../../evil.txt"] = b"x"
        parts["/etc/evil"] = b"x"
        parts["session/steps/../../../evil.npz"] = b"x"
        parts["session/shown/0123456789abcdef-pictures.json"] = b'["<script>"]'

    again = reopened(rewritten(pack(session), strange), store)
    assert again.folder is not None
    inside = {p.relative_to(again.folder).as_posix() for p in again.folder.rglob("*.*")}
    assert inside == {"run.json", "origin.json", *(f"steps/{p.name}" for p in (again.folder / "steps").iterdir())}
    assert not list(tmp_path.rglob("evil*"))


def test_too_large_files_are_refused_before_they_are_opened(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pack(session)
    monkeypatch.setattr(archive, "MOST_UNPACKED", 1000)
    with pytest.raises(FileError, match="unpacks to far more"):
        unpack(data)
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    with pytest.raises(FileError, match="at most"):
        unpack(data)


def test_a_session_of_too_many_steps_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    go_to(session, 2)
    data = pack(session)
    monkeypatch.setattr(archive, "MOST_STEPS", 3)
    unpack(data)
    monkeypatch.setattr(archive, "MOST_STEPS", 2)
    with pytest.raises(FileError, match="has 3 steps; at most 2 are read"):
        unpack(data)


def test_a_refused_session_leaves_nothing_behind(session: Session, store: SessionStore) -> None:
    fill, origin = unpack(rewritten(pack(session), index(lambda run: run["run"].update(seed=5))))
    assert store.root is not None
    before = {p.name for p in store.root.iterdir()}
    with pytest.raises(StateError):
        store.adopt(fill, origin)
    assert {p.name for p in store.root.iterdir()} == before


def test_only_our_own_recordings_bring_their_pictures(session: Session, store: SessionStore) -> None:
    at = go_to(session, 1)
    page_at(session, at)
    assert session.folder is not None
    data = pack(session, shown=True)
    fill, origin = unpack(data, trusted=True)
    again = store.adopt(fill, origin)
    assert again.folder is not None
    assert {p.name for p in (again.folder / "shown").iterdir()} == {
        p.name for p in (session.folder / "shown").iterdir()
    }
    assert load_history(again.folder).current.state.id == at


@pytest.mark.parametrize("failure", [RuntimeError("shapes"), ConfigError("no such reward"), MemoryError()])
def test_a_session_that_this_model_cannot_show_is_not_kept(
    session: Session, services: Services, failure: Exception
) -> None:
    def fails(scene: object) -> Values:
        raise failure

    data = base64.b64encode(pack(session)).decode()
    assert session.folder is not None
    before = set(session.folder.parent.iterdir())
    (answer,) = Files(replace(services, show=fails)).dropped(FileEvent(name="a.zip", data=data))
    assert "bad" in answer["notice"]
    assert set(session.folder.parent.iterdir()) == before
