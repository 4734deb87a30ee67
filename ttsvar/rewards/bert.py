"""BLIP's image-grounded text encoder: BERT whose every layer also attends to all image tokens (post-norm)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.rewards.config import ImageRewardConfig


class BertEmbeddings(nn.Module):
    """Words plus learned positions, normed."""

    position_ids: Tensor

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(config.vocab, config.text_width)
        self.position_embeddings = nn.Embedding(config.positions, config.text_width)
        self.LayerNorm = nn.LayerNorm(config.text_width, eps=config.text_eps)
        # The published file holds this buffer, so ours does too.
        self.register_buffer("position_ids", torch.arange(config.positions)[None])

    def forward(self, ids: Tensor) -> Tensor:
        """Ids [R, T] to [R, T, C]."""
        places = self.position_ids[:, : ids.shape[1]]
        return self.LayerNorm(self.word_embeddings(ids) + self.position_embeddings(places))


class _Projections(nn.Module):
    """Query, key and value layers; keys and values may come from another width."""

    def __init__(self, width: int, source: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(source, width)
        self.value = nn.Linear(source, width)


class _ResidualDense(nn.Module):
    """A linear layer, the residual, and the norm after it."""

    def __init__(self, source: int, width: int, eps: float) -> None:
        super().__init__()
        self.dense = nn.Linear(source, width)
        self.LayerNorm = nn.LayerNorm(width, eps=eps)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        return self.LayerNorm(self.dense(x) + residual)


class BertAttention(nn.Module):
    """Attention of text tokens [R, T, C] to a source, residual and norm."""

    def __init__(self, config: ImageRewardConfig, source: int) -> None:
        super().__init__()
        self.heads = config.text_heads
        self.self = _Projections(config.text_width, source)
        self.output = _ResidualDense(config.text_width, config.text_width, config.text_eps)

    def forward(self, x: Tensor, source: Tensor, mask: Tensor | None) -> Tensor:
        """Attend to `source` [S, L, C']: where R = S * P rows share S sources, the P rows of each fold into one query.

        So an image's keys and values are computed once, however many prompts are asked of it.
        """
        s, width = source.shape[0], x.shape[-1]
        folded = x.reshape(s, -1, width)
        q, k, v = (
            layer(tokens).view(s, -1, self.heads, width // self.heads).transpose(1, 2)
            for layer, tokens in ((self.self.query, folded), (self.self.key, source), (self.self.value, source))
        )
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.output(attended.transpose(1, 2).reshape(x.shape), x)


class _Intermediate(nn.Module):
    """The widening half of the feed-forward layer."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.text_width, config.text_intermediate)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.dense(x))


class BertLayer(nn.Module):
    """Self-attention over the text, cross-attention to the image, feed-forward."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        self.attention = BertAttention(config, config.text_width)
        self.crossattention = BertAttention(config, config.vision_width)
        self.intermediate = _Intermediate(config)
        self.output = _ResidualDense(config.text_intermediate, config.text_width, config.text_eps)

    def forward(self, x: Tensor, mask: Tensor, image_tokens: Tensor) -> Tensor:
        """Text [R, T, C] with mask [R, 1, 1, T] and image tokens [S, L, C'] to [R, T, C]."""
        x = self.attention(x, x, mask)
        x = self.crossattention(x, image_tokens, None)
        return self.output(self.intermediate(x), x)


class BertStack(nn.Module):
    """The layers, one after another."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        self.layer = nn.ModuleList([BertLayer(config) for _ in range(config.text_layers)])


class GroundedBert(nn.Module):
    """Text ids read against image tokens."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        self.embeddings = BertEmbeddings(config)
        self.encoder = BertStack(config)

    def forward(self, ids: Tensor, attention_mask: Tensor, image_tokens: Tensor) -> Tensor:
        """Ids and mask (1 = real) [R, T], image-major, and image tokens [S, L, C'] with R = S * P, to [R, T, C]."""
        mask = attention_mask.bool()[:, None, None, :]
        x = self.embeddings(ids)
        for layer in self.encoder.layer:
            x = layer(x, mask, image_tokens)
        return x
