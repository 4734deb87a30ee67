"""The Infinity text-to-image transformer: next-scale prediction of bits (arXiv 2412.04431, section 3).

Dimension letters: B rows, L tokens, C channels, D bits, K scales, S prompts, G candidates per prompt, T text tokens.
S' is S, or 2 S with the unconditional half appended. Rows are ordered half, then prompt, then candidate.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.errors import ConfigError, PromptError, StateError
from ttsvar.families.infinity.patchify import patchify
from ttsvar.nn.attention import AttentivePool, CrossAttention, SelfAttention
from ttsvar.nn.initial import GAMMA_START, initial_value
from ttsvar.nn.kv_cache import CacheView
from ttsvar.nn.rope import rotary_tables
from ttsvar.nn.transformer_config import Grid, Sizes, TransformerConfig


@dataclass(frozen=True)
class InnerGuidance:
    """Guidance on the output of some blocks: both halves go on with the same mixture."""

    cfg: float
    layers: frozenset[int]
    """Indices of blocks, counted from 0."""


def inner_guidance(layers: Sequence[int], cfg: float, depth: int) -> InnerGuidance | None:
    """Guidance inside the blocks for a published list: 0 is the logits, -k the output of the k-th block from the end.

    None where the list names no block, or guidance is 1. Raises ConfigError where a block does not exist.
    """
    wrong = [layer for layer in layers if not -depth < layer <= 0]
    if wrong or not layers:
        raise ConfigError(f"cfg_layers is {tuple(layers)}; name 0 for the logits, or blocks from -1 to {1 - depth}.")
    blocks = frozenset(depth + layer for layer in layers if layer < 0)
    return InnerGuidance(cfg, blocks) if blocks and cfg != 1 else None


@dataclass(frozen=True, eq=False)
class Condition:
    """What the transformer needs to know of its prompts, computed once; serves any number of candidates."""

    prompts: int
    """S."""
    guided: bool
    pooled: Tensor
    """[S', C], the summed-up text: start token and source of the adaptive norms."""
    adaptive: Tensor
    """[S', 1, 6, C], the part of the adaptive norm that all blocks share."""
    head: tuple[Tensor, Tensor]
    """Scale and shift before the head, each [S', 1, C]."""
    text: tuple[tuple[Tensor, Tensor], ...]
    """Per block, cross-attention keys and values, each [S', H, T, head_dim]."""
    mask: Tensor | None
    """Boolean [S', 1, 1, T], true on text; None where no row is padded."""
    inner: tuple[InnerGuidance | None, ...] = ()
    """Guidance inside the blocks, scale by scale; empty where there is none."""

    @property
    def halves(self) -> int:
        """1, or 2 where guided."""
        return 2 if self.guided else 1


class Block(nn.Module):
    """Self-attention, text cross-attention and feed-forward, the first and last adaptively normalised."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width, hidden = config.embed_dim, round(config.embed_dim * config.mlp_ratio)
        self.eps = config.norm_eps
        self.adaptive = nn.Parameter(torch.zeros(1, 1, 6, width))
        self.self_attention = SelfAttention(width, config.num_heads)
        self.cross_norm = nn.LayerNorm(width, eps=config.norm_eps)
        self.cross_attention = CrossAttention(width, config.num_heads)
        self.feed_forward = nn.Sequential(
            nn.Linear(width, hidden), nn.GELU(approximate="tanh"), nn.Linear(hidden, width)
        )

    def forward(
        self,
        x: Tensor,
        cond: Condition,
        layer: int,
        table: Tensor,
        mask: Tensor | None = None,
        cache: CacheView | None = None,
    ) -> Tensor:
        """x [S', G * L, C] to the same; `table` has L tokens, `mask` is self-attention's."""
        gamma1, gamma2, scale1, scale2, shift1, shift2 = (self.adaptive + cond.adaptive).unbind(2)
        tokens = len(table)
        h = modulate(x, scale1, shift1, self.eps).reshape(-1, tokens, x.shape[-1])
        h = self.self_attention(h, table, mask, None if cache is None else (cache, layer))
        x = x + gamma1 * h.reshape(x.shape)
        x = x + self.cross_attention(self.cross_norm(x), cond.text[layer], cond.mask)
        return x + gamma2 * self.feed_forward(modulate(x, scale2, shift2, self.eps))


class Infinity(nn.Module):
    """The transformer; `config.sizes` is the schedule it runs (see `with_schedule`)."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        width, text = config.embed_dim, config.text_channels
        self.uncond = nn.Parameter(torch.zeros(config.text_maxlen, text))
        self.start_position = nn.Parameter(torch.zeros(1, 1, width))
        self.text_norm = nn.RMSNorm(text, eps=config.norm_eps)
        self.text_pool = AttentivePool(text, width, config.pool_heads)
        self.text_proj = nn.Sequential(nn.Linear(text, width), nn.GELU(approximate="tanh"), nn.Linear(width, width))
        self.level_embed = nn.Embedding(config.levels, width)
        self.word_embed = nn.Linear(config.token_bits, width)
        self.shared_adaptive = nn.Linear(width, 6 * width)
        self.head_adaptive = nn.Linear(width, 2 * width)
        self.head = nn.Linear(width, 2 * config.token_bits)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))

    def with_schedule(self, sizes: Sizes, rope_grid: Grid) -> Infinity:
        """The same weights (shared, not copied) on another schedule; see `published_ladder`."""
        twin = copy.copy(self)
        twin.config = replace(self.config, sizes=sizes, rope_grid=rope_grid)
        return twin

    def condition(
        self,
        text_features: Tensor,
        lens: tuple[int, ...],
        guided: bool,
        drop: Tensor | None = None,
        negative: tuple[Tensor, tuple[int, ...]] | None = None,
    ) -> Condition:
        """Digest padded text features [S, T, Ct] with `lens` valid rows each; `guided` appends the unconditional half.

        That half is the learned unconditional text, or `negative`: features and valid rows of a text for each prompt
        to be led away from. `drop` (bool [S]) replaces the text of some prompts by the unconditional, for training.
        """
        text, lens = self._checked(text_features, lens)
        if drop is not None:
            text = torch.where(drop[:, None, None], self.uncond[: text.shape[1]], text)
        if guided:
            other, other_lens = self._checked(*negative) if negative else (self.uncond[None, : text.shape[1]], lens)
            text, lens = _stacked(text, other.expand(len(text), -1, -1)), lens + other_lens
        text, mask = self.text_norm(text), _row_mask(lens, text.device)
        pooled = self.text_pool(text, mask)
        keys = self.text_proj(text)
        activated = F.silu(pooled)
        scale, shift = self.head_adaptive(activated).unflatten(-1, (1, 2, -1)).unbind(2)
        return Condition(
            prompts=len(lens),
            guided=guided,
            pooled=pooled,
            adaptive=self.shared_adaptive(activated).unflatten(-1, (1, 6, -1)),
            head=(scale, shift),
            text=tuple(block.cross_attention.keys_values(keys) for block in self.blocks),  # type: ignore[union-attr]
            mask=mask,
        )

    def _checked(self, features: Tensor, lens: tuple[int, ...]) -> tuple[Tensor, tuple[int, ...]]:
        """Text features cut to the longest of `lens` and in the model's dtype."""
        longest, rows = max(lens), len(self.uncond)
        if min(lens) < 1 or longest > features.shape[1] or len(lens) != len(features):
            raise PromptError(f"lens is {tuple(lens)} for text features of shape {tuple(features.shape)}.")
        if longest > rows:
            raise PromptError(f"A prompt has {longest} text tokens; this model takes up to {rows}. Shorten it.")
        return features[:, :longest].to(self.uncond.dtype), tuple(lens)

    def empty_cache(self, rows: int, tokens: int | None = None) -> CacheView:
        """An empty cache with room for `tokens` tokens (the whole schedule's if None) of `rows` rows."""
        config = self.config
        shape = (config.depth, rows, config.num_heads, config.head_dim)
        return CacheView.allocate(shape, tokens or config.ends[-1], self.head.weight)

    def start(self, cond: Condition, candidates: int) -> Tensor:
        """The first scale's input, [S' * G, 1, C]."""
        x = cond.pooled[:, None] + self.start_position
        return x.repeat_interleave(candidates, dim=0)

    def embed(self, codes: Tensor) -> Tensor:
        """Summed codes at the next scale's size, [B, D, h, w] on the tokenizer's grid, to its input [B, L, C]."""
        codes = patchify(codes) if self.config.patchify else codes
        return self.word_embed(codes.flatten(2).transpose(1, 2).to(self.word_embed.weight.dtype))

    @torch.no_grad()
    def forward_scale(self, x: Tensor, cond: Condition, cache: CacheView, scale: int) -> Tensor:
        """Inputs [S' * G, L, C] of one scale to raw logits [S' * G, L, D, 2]; writes the scale's keys and values.

        `cache` must already be grown to hold this scale: `view.grow(L)`. Raises StateError where it is not.
        """
        ends, tokens = self.config.ends, x.shape[1]
        if cache.length != ends[scale] or cache.rows != len(x):
            raise StateError(
                f"Scale {scale} needs a cache grown to {ends[scale]} tokens of {len(x)} rows; "
                f"this view has {cache.length} tokens of {cache.rows} rows."
            )
        table = rotary_tables(self.config, x.device)[ends[scale] - tokens : ends[scale]]
        h = x.reshape(len(cond.pooled), -1, x.shape[-1])
        inner = cond.inner[scale] if cond.inner else None
        for layer, block in enumerate(self.blocks):
            if self._adds_level(layer):
                h = h + self.level_embed.weight[scale]
            h = block(h, cond, layer, table, cache=cache)
            if inner and layer in inner.layers:
                conditional, unconditional = h.chunk(2)
                h = (inner.cfg * conditional + (1 - inner.cfg) * unconditional).repeat(2, 1, 1)
        return self._logits(h, cond).reshape(len(x), tokens, -1, 2)

    def forward_train(self, codes_in: Tensor, cond: Condition, scales: int | None = None) -> tuple[Tensor, Tensor]:
        """Teacher forcing over the first `scales` scales (all if None), with block-causal attention.

        Codes [B, L_total - 1, D_token] of every scale but the first (`flatten_codes`) to raw logits
        [B, L_total, D_token, 2] and the activations half way through the blocks, [B, L_total, C].
        """
        sizes = self.config.sizes[:scales]
        total = self.config.ends[len(sizes) - 1]
        if codes_in.shape[1] != total - 1:
            raise StateError(f"{len(sizes)} scales have {total - 1} input tokens; codes_in has {codes_in.shape[1]}.")
        start = cond.pooled[:, None] + self.start_position
        # The residual stream stays in float32 under autocast, as the matrix products inside are what autocast is for.
        x = torch.cat([start, self.word_embed(codes_in)], dim=1).to(self.head.weight.dtype)
        levels, mask = _block_causal(sizes, x.device)
        table = rotary_tables(self.config, x.device)[:total]
        level = self.level_embed.weight[levels]
        middle = x
        for layer, block in enumerate(self.blocks):
            if self._adds_level(layer):
                x = x + level
            x = block(x, cond, layer, table, mask=mask)
            if layer + 1 == (len(self.blocks) + 1) // 2:
                middle = x
        return self._logits(x, cond).unflatten(-1, (-1, 2)), middle

    def _adds_level(self, layer: int) -> bool:
        chunk = self.config.depth // self.config.block_chunks
        return layer == 0 or (self.config.level_every_chunk and layer % chunk == 0)

    def _logits(self, x: Tensor, cond: Condition) -> Tensor:
        return self.head(modulate(x, *cond.head, self.config.norm_eps))

    @torch.no_grad()
    def init_weights(self, seed: int = 0) -> Infinity:
        """Initialise for training from scratch, the same on every machine; returns the model."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            centre, spread = initial_value(name, parameter, self.config)
            noise = torch.full(parameter.shape, centre)
            if spread:
                nn.init.trunc_normal_(noise, std=spread, a=-2 * spread, b=2 * spread, generator=generator)
            parameter.copy_(noise)
        self.shared_adaptive.bias[: 2 * self.config.embed_dim].fill_(GAMMA_START)
        return self


def _stacked(a: Tensor, b: Tensor) -> Tensor:
    """Rows [S, T, C] and [S, T', C] as [2 S, max(T, T'), C], the shorter ones filled up with zeros."""
    longest = max(a.shape[1], b.shape[1])
    return torch.cat([F.pad(rows, (0, 0, 0, longest - rows.shape[1])) for rows in (a, b)])


def _row_mask(lens: tuple[int, ...], device: torch.device) -> Tensor | None:
    """Boolean [S, 1, 1, T], true on the valid rows; None where all are."""
    longest = max(lens)
    if min(lens) == longest:
        return None
    return (torch.arange(longest, device=device) < torch.tensor(lens, device=device)[:, None])[:, None, None]


def modulate(x: Tensor, scale: Tensor, shift: Tensor, eps: float) -> Tensor:
    """Layer norm without weights, then * (1 + scale) + shift; x [S, L, C], scale and shift [S, 1, C]."""
    return F.layer_norm(x, x.shape[-1:], eps=eps) * (1 + scale) + shift


def flatten_codes(codes: Sequence[Tensor], patches: bool = False) -> Tensor:
    """Next-scale inputs, each [B, D, h, w] on the tokenizer's grid, to `forward_train`'s [B, L_total - 1, D].

    `patches` as in `TransformerConfig.patchify`.
    """
    grids = [patchify(grid) if patches else grid for grid in codes]
    return torch.cat([grid.flatten(2).transpose(1, 2) for grid in grids], dim=1)


@lru_cache(maxsize=32)
@torch.inference_mode(False)
def _block_causal(sizes: Sizes, device: torch.device) -> tuple[Tensor, Tensor]:
    """Scale index of every token [L], and who may see whom [1, 1, L, L]: a token sees its own and coarser scales."""
    if not sizes:
        raise ConfigError("No scales to train on; use at least 1.")
    tokens = torch.tensor([h * w for h, w in sizes])
    levels = torch.arange(len(sizes)).repeat_interleave(tokens).to(device)
    return levels, (levels[:, None] >= levels[None, :])[None, None]
