"""The toybox's drawn world: things, scenes, prompts, and prompts that almost fit."""
