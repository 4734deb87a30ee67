"""Where the models come from that judge images of the real world."""

from __future__ import annotations

SOURCES = {
    "mask2former": "facebook/mask2former-swin-small-coco-instance",
    "clip": "openai/clip-vit-large-patch14",
    "blip_vqa": "Salesforce/blip-vqa-base",
    "clip_b32": "openai/clip-vit-base-patch32",
}
"""Sub-folders of `--measure`, and whose files belong there: GenEval's two, and T2I-CompBench's three."""
