"""Tensors by what they hold, with the letters of their dimensions: B candidates, K scales, L patches, C channels,
F numbers of a vector, H x W pixels, h x w tokens of a scale, D bits a token, V tokens to choose from.

To the type checker, and where jaxtyping is not installed, each is a plain tensor. The tests read annotations with these
names at every call: a letter means one number in all arguments and in what comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from torch import Tensor

if TYPE_CHECKING:
    Images: TypeAlias = Tensor
    Features: TypeAlias = Tensor
    Vectors: TypeAlias = Tensor
    PatchMaps: TypeAlias = Tensor
    PatchMeans: TypeAlias = Tensor
    Scores: TypeAlias = Tensor
    ScoreHistory: TypeAlias = Tensor
    Weights: TypeAlias = Tensor
    Labels: TypeAlias = Tensor
    Chosen: TypeAlias = Tensor
    Bits: TypeAlias = Tensor
    Keep: TypeAlias = Tensor
    Logits: TypeAlias = Tensor
    Uniforms: TypeAlias = Tensor
    PairLogits: TypeAlias = Tensor
    Chances: TypeAlias = Tensor
    DrawnBits: TypeAlias = Tensor
    TokenChances: TypeAlias = Tensor
    Tokens: TypeAlias = Tensor
else:
    try:
        from jaxtyping import Bool, Float, Float32, Int64, UInt8
    except ImportError:
        Images = Features = Vectors = PatchMaps = PatchMeans = Tensor
        Scores = ScoreHistory = Weights = Labels = Chosen = Bits = Keep = Tensor
        Logits = Uniforms = PairLogits = Chances = DrawnBits = TokenChances = Tokens = Tensor
    else:
        Images = UInt8[Tensor, "B H W 3"]
        Features = Float[Tensor, "B L C"]
        Vectors = Float[Tensor, "B F"]
        PatchMaps = Float[Tensor, "B L"]
        PatchMeans = Float[Tensor, "B C"]
        Scores = Float[Tensor, "B"]
        ScoreHistory = Float[Tensor, "B K"]
        Weights = Float[Tensor, "B"]
        Labels = Int64[Tensor, "B"]
        Chosen = Int64[Tensor, "keep"]
        Bits = UInt8[Tensor, "B h w D"]
        Keep = Bool[Tensor, "H W"]
        Logits = Float[Tensor, "*S"]
        PairLogits = Float[Tensor, "*S 2"]
        Chances = Float32[Tensor, "*S"]
        Uniforms = Float32[Tensor, "*S"]
        DrawnBits = UInt8[Tensor, "*S"]
        TokenChances = Float[Tensor, "*S V"]
        Tokens = Int64[Tensor, "*S"]
