"""Modules that families share: attention, rotary positions, KV cache, convolutional blocks, prompt tokenizers."""
