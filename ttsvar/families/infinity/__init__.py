"""Infinity (arXiv 2412.04431): bitwise tokens, a text encoder, and the checkpoints as published."""
