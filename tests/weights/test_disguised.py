"""Files that are not what their name says are named as what they are; wrapped ones are read, and that is told."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from ttsvar.errors import CheckpointError
from ttsvar.weights.download import WeightFile, defect
from ttsvar.weights.tensors import fill_model, open_tensors, read_metadata, read_own, read_tensors

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 8800000000\n"
PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n"
UNKNOWN = WeightFile("someone/model", "x", None, None, "MIT")
CASES = [
    ("x.pth", POINTER, r"git-lfs pointer to 8,800,000,000 bytes, not the weights; run `git lfs pull`"),
    ("x.safetensors", POINTER, "git-lfs pointer"),
    ("x.pth", PAGE, "web page, not weights"),
    ("x.safetensors", b"\xef\xbb\xbf \n" + PAGE, "web page, not weights"),
    ("x.pth", b"", "it is empty"),
    ("x.safetensors", b"", "it is empty"),
    ("x.safetensors", (2**62).to_bytes(8, "little") + b"{}", "its header would have 4,611,686,018,427,387,904 bytes"),
    ("x.safetensors", b"abc", "cut off or no safetensors file"),
]


@pytest.mark.parametrize(("name", "data", "told"), CASES)
def test_what_is_no_weight_file_is_named_by_every_reader(name: str, data: bytes, told: str, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(data)
    readers = [open_tensors, read_tensors]
    if name.endswith(".safetensors"):
        readers += [read_metadata, lambda path: read_own(path, "reward")]
    for read in readers:
        with pytest.raises(CheckpointError, match=told) as caught:
            read(path)
        assert str(path) in str(caught.value)
    complaint = defect(UNKNOWN, path)
    assert complaint is not None
    assert told.split(",")[0] in complaint


def test_a_name_with_the_other_ending_is_told(tmp_path: Path):
    tensors = {"a": torch.zeros(3)}
    torch.save(tensors, tmp_path / "x.safetensors")
    save_file(tensors, tmp_path / "y.safetensors")
    (tmp_path / "y.safetensors").rename(tmp_path / "y.pth")
    with pytest.raises(CheckpointError, match=r"PyTorch file .* end in \.pth"):
        read_tensors(tmp_path / "x.safetensors")
    with pytest.raises(CheckpointError, match=r"safetensors file .* end in \.safetensors"):
        read_tensors(tmp_path / "y.pth")


def test_a_header_whose_length_reads_like_a_page_is_no_page(tmp_path: Path):
    for padding in range(200):
        save_file({"a": torch.zeros(3)}, tmp_path / "x.safetensors", metadata={"note": "n" * padding})
        assert list(read_tensors(tmp_path / "x.safetensors")) == ["a"]


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod."])
@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_a_prefix_of_every_name_is_taken_off_and_told(prefix: str, ending: str, tmp_path: Path):
    model = torch.nn.Linear(3, 2)
    state = {prefix + name: t.detach() for name, t in model.state_dict().items()}
    path = tmp_path / f"x.{ending}"
    save_file(state, path) if ending == "safetensors" else torch.save(state, path)
    said: list[str] = []
    table = open_tensors(path, say=said.append)
    assert said == [f"{path}: every name begins with {prefix}, which a wrapper put there; it is taken off."]
    fresh = torch.nn.Linear(3, 2)
    fill_model(fresh, table, {"weight": "weight", "bias": "bias"})
    assert torch.equal(fresh.weight, model.weight)
    assert torch.equal(read_tensors(path)["bias"], model.bias)


def test_a_prefix_of_some_names_stays(tmp_path: Path):
    torch.save({"module.a": torch.zeros(1), "b": torch.zeros(1)}, tmp_path / "x.pth")
    said: list[str] = []
    assert set(open_tensors(tmp_path / "x.pth", say=said.append).shapes) == {"module.a", "b"}
    assert said == []


def test_weights_that_are_no_numbers_are_named(tmp_path: Path):
    state = {"weight": torch.ones(2, 3), "bias": torch.tensor([0.0, math.nan])}
    torch.save(state, tmp_path / "x.pth")
    names = {name: name for name in state}
    with pytest.raises(CheckpointError, match=r"x\.pth holds numbers that are none .* in bias\. .*damaged"):
        open_tensors(tmp_path / "x.pth").converted(names, torch.float32)
    torch.save({**state, "bias": torch.tensor([0.0, 1e6])}, tmp_path / "y.pth")
    with pytest.raises(CheckpointError, match=r"in bias\. float16 ends at 65504"):
        open_tensors(tmp_path / "y.pth").converted(names, torch.float16)
    save_file(state, tmp_path / "own.safetensors")
    with pytest.raises(CheckpointError, match="in bias"):
        read_own(tmp_path / "own.safetensors", "features")
