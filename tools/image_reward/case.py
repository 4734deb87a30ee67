"""The folder that goes from one environment to the other; needs torch, tokenizers and safetensors only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tokenizers import BertWordPieceTokenizer
from torch import Tensor
from torch.nn import functional as F

WEIGHTS, TOKENIZER = "ImageReward.pt", "tokenizer.json"
VOCABULARY = "bert-base-uncased"
"""The name that the package asks for; a folder of that name is taken before any hub."""
ENTRIES = 30522
"""Of BERT's vocabulary, before BLIP adds two."""
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = ("a", "and", "cup", "of", "photo", "red", "star", "two", "##s", "##like")
PROMPTS = ("a photo of a red cup", "Two STARS, starlike and red: " + ", ".join(["a photo of two cups"] * 12))
"""A short one, and one that is cut; the second has word pieces and letters."""


@dataclass(frozen=True)
class Case:
    """What was scored, and how: P prompts, each with all of the B pictures."""

    pictures: Tensor
    """uint8 [B, 224, 224, 3]."""
    prompts: tuple[str, ...]
    scores: Tensor
    """float32 [P, B]."""
    versions: dict[str, str]
    """Of the libraries that made the scores."""


def write_case(folder: Path, case: Case) -> None:
    """Write everything but the weights and the vocabulary."""
    metadata = {"prompts": json.dumps(case.prompts), "versions": json.dumps(case.versions)}
    save_file({"pictures": case.pictures, "scores": case.scores}, folder / "case.safetensors", metadata)


def read_case(folder: Path) -> Case:
    """Read what `write_case` wrote."""
    with safe_open(folder / "case.safetensors", framework="pt") as file:
        metadata = {name: json.loads(value) for name, value in file.metadata().items()}
    tensors = load_file(folder / "case.safetensors")
    return Case(tensors["pictures"], tuple(metadata["prompts"]), tensors["scores"], metadata["versions"])


def write_vocabulary(folder: Path) -> None:
    """A vocabulary of BERT's size, as the package reads it (vocab.txt) and as our tokenizer does."""
    pieces = [*MARKS, *ascii_lowercase, *(f"##{letter}" for letter in ascii_lowercase), ",", ":", *WORDS]
    pieces = list(dict.fromkeys(pieces))
    pieces += [f"[unused{i}]" for i in range(ENTRIES - len(pieces))]
    (folder / VOCABULARY).mkdir(parents=True, exist_ok=True)
    (folder / VOCABULARY / "vocab.txt").write_text("\n".join(pieces) + "\n")
    BertWordPieceTokenizer(str(folder / VOCABULARY / "vocab.txt"), lowercase=True).save(str(folder / TOKENIZER))


def random_pictures(count: int, size: int = 224) -> Tensor:
    """Soft patches of colour, uint8 [count, size, size, 3]: unlike each other, and of the size that judges take."""
    coarse = torch.rand(count, 3, 5, 5, generator=torch.Generator().manual_seed(1))
    fine = F.interpolate(coarse, size=(size, size), mode="bicubic").clamp(0, 1)
    return (fine * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()


@torch.no_grad()
def randomize(model: torch.nn.Module) -> None:
    """Weights under which pictures and prompts matter: a fresh model gives all of them nearly one score."""
    generator = torch.Generator().manual_seed(0)
    for name, weight in model.named_parameters():
        values = torch.empty_like(weight).normal_(generator=generator)
        if weight.dim() > 1:
            # Layers keep the size of what goes through them; embeddings and the class token are of size 1.
            weight.copy_(values / weight[0].numel() ** 0.5 if name.endswith("weight") else values)
        else:
            weight.copy_(values * 0.1 + (1.0 if name.endswith("weight") else 0.0))
