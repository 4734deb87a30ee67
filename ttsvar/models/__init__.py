"""Transformers and text encoders as plain modules; nothing here searches."""

from __future__ import annotations

from ttsvar.models.checkpoint import load_saved_transformer, load_transformer, save_transformer
from ttsvar.models.config import TransformerConfig, published_ladder
from ttsvar.models.infinity import Condition, Infinity, flatten_codes
from ttsvar.models.kv_cache import CacheView

__all__ = [
    "CacheView",
    "Condition",
    "Infinity",
    "TransformerConfig",
    "flatten_codes",
    "load_saved_transformer",
    "load_transformer",
    "published_ladder",
    "save_transformer",
]
