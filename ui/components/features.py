"""The feature maps of all candidates side by side, in the run's one basis."""

from __future__ import annotations

from html import escape

from ui.components.marks import mark_svg
from ui.frames import Frame

READINGS = {
    "pca": "one number a patch, along their main direction, with signs aligned between pictures",
    "pca-raw": "one number a patch, along their main direction, as the paper's code does it",
    "pool": "the mean of all patches",
}


def features_html(frame: Frame, extractor: str) -> str:
    """Picture and map of every candidate."""
    rows = "".join(
        f'<figure data-name="{escape(c.name)}"><div><img src="{c.image}" alt="{escape(c.name)}">'
        f'<img src="{c.map}" alt="DINOv2 map of {escape(c.name)}"></div>'
        f"<figcaption><b>{escape(c.name)}</b> {mark_svg(c.label, c.letter)}{c.letter}</figcaption></figure>"
        for c in frame.cards
    )
    basis = (
        "The colours are comparable between all candidates and, from scale 2 on, between all scales of this run."
        if frame.scale >= 2
        else "Before scale 2 there is no layout yet: colours compare candidates of this scale only."
    )
    return (
        f'<div class="maps">{rows}</div><p class="note">Each patch of a picture is described by DINOv2 features; '
        f"their three main "
        f"directions are shown as red, green and blue. Alike colours mean alike content. {basis}</p>"
        f'<p class="note">k-means reads them as {escape(READINGS.get(extractor, extractor))}.</p>'
    )
