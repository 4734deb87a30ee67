"""transformers models hold exactly what their file holds, or the difference is listed."""

from __future__ import annotations

import re

import pytest
import torch
from torch import Tensor
from transformers import Dinov2WithRegistersConfig, Dinov2WithRegistersModel

from ttsvar.errors import CheckpointError
from ttsvar.nn.strict import load_pretrained
from ttsvar.weights.strict import MOST_LISTED, check_tensors

CONFIG = Dinov2WithRegistersConfig(hidden_size=24, num_hidden_layers=2, num_attention_heads=3)


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {name: torch.randn_like(t) for name, t in Dinov2WithRegistersModel(CONFIG).state_dict().items()}


def as_published(name: str) -> str:
    """The names that the hub's files have, which older releases of transformers wrote."""
    name = re.sub(r"attention\.(query|key|value)_proj", r"attention.attention.\1", name)
    for new, old in (("q", "query"), ("k", "key"), ("v", "value")):
        name = name.replace(f"attention.{new}_proj", f"attention.attention.{old}")
    return name.replace("attention.o_proj", "attention.output.dense")


def test_the_hubs_older_names_are_taken(state: dict[str, Tensor]):
    published = {as_published(name): t.half() for name, t in state.items()}
    assert "encoder.layer.1.attention.attention.query.weight" in published
    model = load_pretrained(Dinov2WithRegistersModel, CONFIG, published, "a file")
    assert model.dtype == torch.float32
    assert not model.training
    got = model.state_dict()
    assert all(torch.equal(got[name], t.half().float()) for name, t in state.items())


def test_every_difference_is_listed(state: dict[str, Tensor]):
    spoilt = dict(state)
    spoilt["head.weight"] = spoilt.pop("layernorm.weight")
    spoilt["layernorm.bias"] = torch.zeros(7)
    with pytest.raises(CheckpointError) as raised:
        load_pretrained(Dinov2WithRegistersModel, CONFIG, spoilt, "a file")
    for part in ("unknown: head.weight", "missing: layernorm.weight", "layernorm.bias is (7,), not (24,)"):
        assert part in str(raised.value)


def test_what_belongs_to_another_model_may_be_left_out(state: dict[str, Tensor]):
    more = {**state, "head.weight": torch.zeros(2)}
    model = load_pretrained(Dinov2WithRegistersModel, CONFIG, more, "f", unused=("head.",))
    assert set(model.state_dict()) == set(state)


def test_long_lists_are_cut():
    with pytest.raises(CheckpointError, match="and 5 more"):
        check_tensors({f"{k:02}": (1,) for k in range(MOST_LISTED + 5)}, {}, "a file", "a model")
