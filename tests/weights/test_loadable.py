"""Parts are loaded when used, once, and a missing one is explained when a run that needs it begins."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from engine_fakes import FakeBackend, FakeExtractor, FakeReward

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import CheckpointError, ConfigError, RoomError
from ttsvar.extractor import EXTRACTORS
from ttsvar.weights.download import WeightFile
from ttsvar.weights.loadable import LazyMapping, Loadable, Location


def test_entries_are_made_when_first_asked_for_and_kept():
    made: list[str] = []

    def make(name: str):
        def load() -> str:
            made.append(name)
            return name.upper()

        return load

    parts = LazyMapping({"a": make("a"), "b": make("b")})
    assert ("a" in parts, "c" in parts, list(parts), len(parts), made) == (True, False, ["a", "b"], 2, [])
    assert (parts["b"], parts["b"], parts.get("c"), made) == ("B", "B", None, ["b"])


def test_an_entry_may_use_others_and_a_failed_one_is_tried_again():
    tries: list[int] = []

    def flaky() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise CheckpointError("not yet")
        return 2

    parts: LazyMapping[int] = LazyMapping({"one": flaky, "two": lambda: parts["one"] * 2})
    with pytest.raises(CheckpointError):
        parts["two"]
    assert parts["two"] == 4


def test_a_library_is_asked_for_before_its_files():
    def absent() -> None:
        raise ConfigError("needs a library")

    file = WeightFile("nobody/nothing", "model.safetensors", None, None, "MIT")
    part = Loadable[object]("a part", (file,), lambda paths, device: paths, absent)
    with pytest.raises(ConfigError, match="needs a library"):
        part.load(Location(torch.device("cpu")))


def test_files_are_handed_over_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files = tuple(WeightFile("someone/model", f"{name}.pt", None, None, "MIT") for name in "ab")
    for file in files:
        (tmp_path / file.path).write_bytes(file.path.encode())
    monkeypatch.setenv("TTSVAR_WEIGHTS", str(tmp_path))
    part = Loadable("a part", files, lambda paths, device: ([p.name for p in paths], device.type))
    assert part.load(Location(torch.device("cpu"))) == (["a.pt", "b.pt"], "cpu")


def test_a_part_that_does_not_fit_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "judge.pt").write_bytes(b"x" * 1000)
    monkeypatch.setattr("ttsvar.weights.room.free_bytes", lambda device: 999)
    part = Loadable(
        "A judge", (WeightFile("some/judge", "judge.pt", None, None, "MIT"),), lambda *_: pytest.fail("read")
    )
    with pytest.raises(RoomError, match="A judge needs about"):
        part.load(Location(torch.device("cpu"), tmp_path))


def test_the_engine_loads_what_a_run_needs_when_it_begins():
    loaded: list[str] = []

    def eye():
        loaded.append("eye")
        return FakeExtractor()

    def judge():
        raise CheckpointError("judge.pt: missing")

    engine = Engine(FakeBackend(), LazyMapping(dict.fromkeys(EXTRACTORS, eye)), LazyMapping({"image-reward": judge}))
    assert (engine.extractors, engine.rewards) == (tuple(EXTRACTORS), ("image-reward",))
    engine.begin("a cup", search=SearchConfig(strategy="raw"))
    assert loaded == []
    with pytest.raises(CheckpointError, match=r"judge\.pt: missing"):
        engine.begin("a cup", search=SearchConfig(strategy="tts-var"))
    assert loaded == ["eye"]


def test_what_needs_no_download_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from ttsvar.judges import JUDGES
    from ttsvar.rewards.registry import rewards

    monkeypatch.setenv("TTSVAR_WEIGHTS", str(tmp_path))
    named = rewards(Location(torch.device("cpu")), {"image-reward": FakeReward})
    assert set(named) == set(JUDGES)
    assert named.here() == ("image-reward",)
    for file in JUDGES["hps"].files:
        place = file.places(tmp_path)[0]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"PK")
    assert set(named.here()) == {"image-reward", "hps", "hps+image-reward"}
    with pytest.raises(CheckpointError, match=r"HPS_v2\.1_compressed\.pt"):
        named["hps+image-reward"]
