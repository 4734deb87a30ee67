"""The toybox's own populations: who draws them, and whether the shipped ones are of the files that are here."""

from __future__ import annotations

import torch

from ttsvar.evaluation.populations.draw import Drawer
from ttsvar.evaluation.rules.measures import TOYBOX, open_measure
from ttsvar.families.load import load
from ttsvar.weights.digest import weights_digest

JUDGES = ("reward.safetensors", "features.safetensors", "detector.safetensors")


def judges_digest() -> str:
    """Of the files whose change would change scores, layouts or verdicts."""
    return weights_digest(TOYBOX / name for name in JUDGES)


def toybox_drawer() -> Drawer:
    """The shipped model on one thread; nothing that was looked at is looked at again, so nothing is remembered."""
    torch.set_num_threads(1)
    return Drawer(load("toybox", remember_bytes=0), open_measure(), judges_digest())
