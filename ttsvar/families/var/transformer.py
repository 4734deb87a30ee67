"""VAR, the class-conditional transformer of next-scale prediction (arXiv 2404.02905, section 3).

Dimension letters: B rows, L tokens, C channels, V logits, K scales, S classes, G candidates per class.
S' is S, or 2 S with the unconditional half appended. Rows are ordered half, then class, then candidate.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.errors import ConfigError, PromptError, StateError
from ttsvar.families.infinity.transformer import modulate
from ttsvar.nn.attention import SelfAttention
from ttsvar.nn.kv_cache import CacheView

LADDER_256 = (1, 2, 3, 4, 5, 6, 8, 10, 13, 16)
LADDER_512 = (1, 2, 3, 4, 6, 9, 13, 18, 24, 32)


@dataclass(frozen=True)
class VARConfig:
    """Everything that fixes a VAR transformer's tensors and its arithmetic; `published` gives the named depths."""

    depth: int
    embed_dim: int
    num_heads: int
    sides: tuple[int, ...] = LADDER_256
    """Side of every scale's square grid, coarse to fine."""
    vocab: int = 4096
    code_channels: int = 32
    classes: int = 1000
    mlp_ratio: float = 4.0
    shared_adaptive: bool = False
    """One adaptive norm for all blocks, with an offset each (d36)."""
    cosine: bool = True
    """Unit queries and keys with a learned scale (`attn_l2_norm`)."""
    norm_eps: float = 1e-6

    def __post_init__(self) -> None:
        if self.num_heads < 1 or self.embed_dim % self.num_heads:
            raise ConfigError(f"num_heads is {self.num_heads}; it must divide embed_dim, {self.embed_dim}.")
        if not self.sides or min(self.sides) < 1:
            raise ConfigError(f"sides is {self.sides}; every scale needs a side of 1 or more.")

    @classmethod
    def published(cls, depth: int) -> VARConfig:
        """VAR-d16 to d30 at 256 pixels, d36 at 512: 64 channels and one head for each block."""
        large = depth == 36
        return cls(depth, 64 * depth, depth, LADDER_512 if large else LADDER_256, shared_adaptive=large)

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Grid (h, w) of every scale."""
        return tuple((side, side) for side in self.sides)

    @property
    def ends(self) -> tuple[int, ...]:
        """Tokens up to and including each scale."""
        return tuple(accumulate(side * side for side in self.sides))

    @property
    def hidden(self) -> int:
        """Channels inside the feed-forward."""
        return round(self.embed_dim * self.mlp_ratio)


@dataclass(frozen=True, eq=False)
class ClassCondition:
    """What the transformer needs to know of its classes, computed once; serves any number of candidates."""

    guided: bool
    embedding: Tensor
    """[S', C], the start token's content."""
    adaptive: tuple[Tensor, ...]
    """Per block, the weights of its adaptive norms [S', 1, 6, C]."""
    head: tuple[Tensor, Tensor]
    """Scale and shift before the head, each [S', 1, C]."""

    @property
    def halves(self) -> int:
        """1, or 2 where guided."""
        return 2 if self.guided else 1


class VARBlock(nn.Module):
    """Self-attention and feed-forward, both adaptively normalised; the norm is the block's own, or an offset."""

    def __init__(self, config: VARConfig) -> None:
        super().__init__()
        width = config.embed_dim
        self.eps = config.norm_eps
        self.self_attention = SelfAttention(width, config.num_heads, config.cosine)
        self.feed_forward = nn.Sequential(
            nn.Linear(width, config.hidden), nn.GELU(approximate="tanh"), nn.Linear(config.hidden, width)
        )
        if config.shared_adaptive:
            self.offset = nn.Parameter(torch.zeros(1, 1, 6, width))
        else:
            self.adaptive = nn.Linear(width, 6 * width)

    def norms(self, activated: Tensor, shared: Tensor | None) -> Tensor:
        """Weights of the adaptive norms [S', 1, 6, C], from the activated classes [S', C] or from the shared ones."""
        return self.adaptive(activated).unflatten(-1, (1, 6, -1)) if shared is None else self.offset + shared

    def forward(self, x: Tensor, norms: Tensor, layer: int, cache: CacheView) -> Tensor:
        """x [S' * G, L, C] to the same; writes keys and values."""
        gamma1, gamma2, scale1, scale2, shift1, shift2 = norms.unbind(2)
        grouped = (len(norms), -1, x.shape[-1])
        h = modulate(x.reshape(grouped), scale1, shift1, self.eps).reshape(x.shape)
        h = self.self_attention(h, None, cache=(cache, layer))
        x = x.reshape(grouped) + gamma1 * h.reshape(grouped)
        x = x + gamma2 * self.feed_forward(modulate(x, scale2, shift2, self.eps))
        return x.reshape(h.shape)


class VAR(nn.Module):
    """The transformer; learned positions bind it to one ladder of scales."""

    def __init__(self, config: VARConfig) -> None:
        super().__init__()
        self.config = config
        width = config.embed_dim
        self.class_embed = nn.Embedding(config.classes + 1, width)
        """The last row is the class of no class."""
        self.start_position = nn.Parameter(torch.zeros(1, config.sides[0] ** 2, width))
        self.position = nn.Parameter(torch.zeros(1, config.ends[-1], width))
        self.level_embed = nn.Embedding(len(config.sides), width)
        self.word_embed = nn.Linear(config.code_channels, width)
        self.shared_adaptive = nn.Linear(width, 6 * width) if config.shared_adaptive else None
        self.blocks = nn.ModuleList(VARBlock(config) for _ in range(config.depth))
        self.head_adaptive = nn.Linear(width, 2 * width)
        self.head = nn.Linear(width, config.vocab)

    def condition(self, labels: Tensor, guided: bool) -> ClassCondition:
        """Digest class numbers int64 [S]; `guided` appends the unconditional half. Raises PromptError."""
        if bool(((labels < 0) | (labels >= self.config.classes)).any()):
            raise PromptError(f"Classes {labels.tolist()} must be 0 to {self.config.classes - 1}.")
        if guided:
            labels = torch.cat([labels, torch.full_like(labels, self.config.classes)])
        embedding = self.class_embed(labels)
        activated = F.silu(embedding)
        shared = self.shared_adaptive and self.shared_adaptive(activated).unflatten(-1, (1, 6, -1))
        scale, shift = self.head_adaptive(activated).unflatten(-1, (1, 2, -1)).unbind(2)
        adaptive = tuple(block.norms(activated, shared) for block in self.blocks)  # type: ignore[operator]
        return ClassCondition(guided, embedding, adaptive, (scale, shift))

    def empty_cache(self, rows: int, tokens: int | None = None) -> CacheView:
        """An empty cache with room for `tokens` tokens (the whole ladder's if None) of `rows` rows."""
        config = self.config
        shape = (config.depth, rows, config.num_heads, config.embed_dim // config.num_heads)
        return CacheView.allocate(shape, tokens or config.ends[-1], self.head.weight)

    def start(self, cond: ClassCondition, candidates: int) -> Tensor:
        """The first scale's input, [S' * G, L, C]."""
        x = cond.embedding[:, None] + self.start_position
        return x.repeat_interleave(candidates, dim=0)

    def embed(self, codes: Tensor) -> Tensor:
        """Summed codes at the next scale's size [B, code_channels, h, w] to its input [B, L, C]."""
        return self.word_embed(codes.flatten(2).transpose(1, 2).to(self.word_embed.weight.dtype))

    @torch.no_grad()
    def forward_scale(self, x: Tensor, cond: ClassCondition, cache: CacheView, scale: int) -> Tensor:
        """Inputs [S' * G, L, C] of one scale to raw logits float32 [S' * G, L, V]; writes its keys and values.

        `cache` must already be grown to hold this scale: `view.grow(L)`. Raises StateError where it is not.
        """
        end, tokens = self.config.ends[scale], x.shape[1]
        if cache.length != end or cache.rows != len(x):
            raise StateError(
                f"Scale {scale} needs a cache grown to {end} tokens of {len(x)} rows; "
                f"this view has {cache.length} tokens of {cache.rows} rows."
            )
        h = x + self.position[:, end - tokens : end] + self.level_embed.weight[scale]
        for layer, block in enumerate(self.blocks):
            h = block(h, cond.adaptive[layer], layer, cache)
        grouped = h.reshape(len(cond.embedding), -1, h.shape[-1])
        logits = self.head(modulate(grouped, *cond.head, self.config.norm_eps))
        return logits.float().reshape(len(x), tokens, -1)


def ramp(cfg: float, scale: int, scales: int) -> float:
    """VAR's guidance at a scale: it grows linearly from none at the first to `cfg` at the last."""
    return cfg * scale / max(1, scales - 1)


def guide(logits: Tensor, strength: float, guided: bool) -> Tensor:
    """Raw logits [halves * B, L, V], conditional half first, to (1 + t) cond - t uncond [B, L, V]."""
    if not guided:
        return logits
    conditional, unconditional = logits.chunk(2)
    return (1 + strength) * conditional - strength * unconditional
