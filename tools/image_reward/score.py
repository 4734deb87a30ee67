"""Random weights, pictures and prompts, scored by the package image-reward itself.

.venv-image-reward/bin/python -m tools.image_reward.score FOLDER
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from tools.image_reward import stubs
from tools.image_reward.case import (
    ENTRIES,
    PROMPTS,
    WEIGHTS,
    Case,
    random_pictures,
    randomize,
    write_case,
    write_vocabulary,
)

PICTURES = 2
BERT = {
    "vocab_size": ENTRIES + 2,
    "hidden_size": 768,
    "num_attention_heads": 12,
    "num_hidden_layers": 2,
    "intermediate_size": 3072,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "pad_token_id": 0,
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "add_cross_attention": True,
}
"""BERT base with 2 of its 12 layers. The package fixes all else: ViT-L/16 and the MLP for 768 channels."""


def build(folder: Path) -> Any:
    """The package's model with random weights, which are written in the official layout; changes the working folder."""
    write_vocabulary(folder)
    config = folder / "med_config.json"
    config.write_text(json.dumps(BERT))
    os.chdir(folder)  # where the package finds the vocabulary before it asks a hub
    stubs.install()
    model = importlib.import_module("ImageReward.ImageReward").ImageReward(str(config)).eval()
    randomize(model)
    torch.save(model.state_dict(), folder / WEIGHTS)
    return model


def main() -> None:
    """Write weights and a scored case to a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    model = build(folder)
    pictures = random_pictures(PICTURES)
    shown = [Image.fromarray(picture.numpy()) for picture in pictures]
    with torch.inference_mode():
        scores = torch.tensor([[model.score(prompt, picture) for picture in shown] for prompt in PROMPTS])
    versions = {name: version(name) for name in ("image-reward", "transformers", "timm", "torch")}
    write_case(folder, Case(pictures, PROMPTS, scores, versions))
    print(f"The package's scores are in {folder}.")


if __name__ == "__main__":
    main()
