"""Weight files: found offline, downloaded and resumed from a hub on this machine, and refused by name where broken."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from golden_cases import ROOT
from hub_fake import COMMIT, FakeHub
from huggingface_hub import constants
from safetensors.torch import save_file

from ttsvar.errors import CheckpointError
from ttsvar.weights.download import WeightFile, defect, find, locate_all

DATA = bytes(range(256)) * 4000
FILE = WeightFile("someone/model", "part.bin", len(DATA), hashlib.sha256(DATA).hexdigest(), "MIT")


def located(file: WeightFile, weights: Path | None = None, **how: Any) -> Path:
    """One file by itself."""
    return locate_all([file], weights, **how)[0]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub cache of its own, a working folder without `weights`, and a hub that nothing answers for."""
    monkeypatch.setattr(constants, "HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf" / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    _answer_from(monkeypatch, "http://127.0.0.1:9")
    monkeypatch.delenv("TTSVAR_WEIGHTS", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub that holds `part.bin` and `other.bin`."""
    served = FakeHub({"part.bin": DATA, "other.bin": b"other" * 1000})
    _answer_from(monkeypatch, served.url)
    yield served
    served.close()


def _answer_from(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")


def _put(path: Path, data: bytes = DATA) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_file_in_a_local_folder_is_used_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    by_flag = _put(tmp_path / "flag" / "someone" / "model" / "part.bin")
    assert located(FILE, tmp_path / "flag") == by_flag
    named = _put(tmp_path / "named" / "someone" / "model" / "part.bin")
    monkeypatch.setenv("TTSVAR_WEIGHTS", str(tmp_path / "named"))
    assert located(FILE) == named
    assert located(FILE, tmp_path / "flag") == by_flag


def test_only_a_name_of_its_own_may_lie_flat_in_the_folder(tmp_path: Path):
    _put(tmp_path / "w" / "part.bin")
    assert find(FILE, tmp_path / "w") is None
    published = replace(FILE, path="infinity.pth")
    assert find(published, tmp_path / "w") is None
    here = _put(tmp_path / "w" / "infinity.pth")
    assert located(published, tmp_path / "w", download=False) == here


def test_without_a_network_a_missing_file_is_explained_and_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"waited {seconds} s to try again"))
    with pytest.raises(CheckpointError) as caught:
        located(replace(FILE, path="infinity.pth"))
    message = str(caught.value)
    assert "infinity.pth" in message
    assert "http://127.0.0.1:9/someone/model/resolve/main/infinity.pth" in message
    assert str(Path("weights") / "infinity.pth") in message


def test_without_permission_to_download_nothing_is_asked(hub: FakeHub):
    with pytest.raises(CheckpointError, match=r"part\.bin: not on this machine"):
        located(FILE, download=False)
    assert hub.ranges == []


def test_the_total_is_announced_before_the_download_and_the_cache_serves_the_next_call(hub: FakeHub):
    said: list[str] = []
    files = [FILE, WeightFile("someone/model", "other.bin", None, None, "Apache-2.0")]
    first = locate_all(files, say=said.append)
    assert [path.read_bytes() for path in first] == [DATA, b"other" * 1000]
    assert said[0].startswith("Downloading 1.0 MB: part.bin from someone/model (1.0 MB, MIT); other.bin")
    asked = len(hub.ranges)
    assert locate_all(files) == first
    assert len(hub.ranges) == asked


def test_a_download_into_the_given_folder_is_found_there_again(hub: FakeHub, tmp_path: Path):
    path = located(FILE, tmp_path / "w")
    assert path == tmp_path / "w" / "someone" / "model" / "part.bin"
    assert find(FILE, tmp_path / "w") == path


def test_a_broken_off_download_is_resumed(hub: FakeHub, tmp_path: Path):
    _put(tmp_path / "hf" / "ttsvar" / "someone" / "model" / "part.bin.part", DATA[:5000])
    assert located(FILE).read_bytes() == DATA
    assert hub.ranges == ["bytes=5000-"]


def test_a_download_that_is_not_what_was_published_is_removed(hub: FakeHub):
    hub.files["part.bin"] = DATA[::-1]
    with pytest.raises(CheckpointError, match="SHA-256"):
        located(FILE)
    assert find(FILE) is None


def test_the_hub_tells_the_hash_of_a_file_of_which_nothing_is_known(hub: FakeHub, tmp_path: Path):
    """The part that is here has other bytes than the hub's, which only the hash can tell."""
    _put(tmp_path / "w" / "someone" / "model" / "part.bin.part", DATA[:5000][::-1])
    with pytest.raises(CheckpointError, match="SHA-256"):
        located(replace(FILE, size=None, sha256=None), tmp_path / "w")


def test_a_file_in_the_hub_cache_is_checked_against_its_name_and_replaced_where_broken(hub: FakeHub, tmp_path: Path):
    repo = tmp_path / "hf" / "hub" / "models--someone--model"
    blob = _put(repo / "blobs" / str(FILE.sha256))
    pointer = repo / "snapshots" / COMMIT / "part.bin"
    pointer.parent.mkdir(parents=True)
    pointer.symlink_to(blob)
    _put(repo / "refs" / "main", COMMIT.encode())
    unknown = replace(FILE, size=None, sha256=None)
    assert located(unknown) == pointer
    assert hub.ranges == []
    _put(blob, DATA[:-1] + b"x")
    said: list[str] = []
    assert located(unknown, say=said.append).read_bytes() == DATA
    assert "SHA-256" in said[0]


@pytest.mark.parametrize(
    ("data", "complaint"), [(DATA[:-1], "1,023,999 bytes, not 1,024,000"), (DATA[::-1], "SHA-256")]
)
def test_a_broken_file_in_a_local_folder_is_refused_by_name(tmp_path: Path, data: bytes, complaint: str):
    path = _put(tmp_path / "w" / "someone" / "model" / "part.bin", data)
    with pytest.raises(CheckpointError, match=complaint) as caught:
        located(FILE, tmp_path / "w")
    assert str(path) in str(caught.value)


def test_a_hash_is_computed_once_and_again_when_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = _put(tmp_path / "part.bin")
    assert defect(FILE, path) is None
    monkeypatch.setattr("ttsvar.weights.download.sha256_of", lambda _: "computed anew")
    assert defect(FILE, path) is None
    os.utime(path, ns=(1, 1))
    assert "computed anew" in (defect(FILE, path) or "")


def test_a_cut_file_shows_by_its_structure_where_nothing_is_known_of_it(tmp_path: Path):
    unknown = WeightFile("someone/model", "x", None, None, "MIT")
    tensors = {"a": torch.zeros(100), "b": torch.zeros(50)}
    save_file(tensors, tmp_path / "x.safetensors")
    torch.save(tensors, tmp_path / "x.pth")
    for name in ("x.safetensors", "x.pth"):
        assert defect(unknown, tmp_path / name) is None
        whole = (tmp_path / name).read_bytes()
        assert defect(unknown, _put(tmp_path / f"cut-{name}", whole[:-40]))
    assert defect(unknown, _put(tmp_path / "empty.pth", b"")) == "it is empty; download it again"


def test_importing_sets_no_environment_variable():
    code = "import os; before = dict(os.environ); import ttsvar.weights.download; assert dict(os.environ) == before"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
