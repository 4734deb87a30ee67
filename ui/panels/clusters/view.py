"""What stands under the scatter of the candidates: marks, and how much its distances mean."""

from __future__ import annotations

from ...scene.frame import Frame
from ...scene.marks import mark_svg
from ...scene.projection import PLAIN

METHODS = {
    "UMAP": "UMAP of the clustering features. Who is near whom means something; how far does not.",
    "PCA": "Two main directions of the clustering features (PCA): fewer than 4 candidates are too few for UMAP.",
    "none": "The clustering features of all candidates are equal here: there is nothing to place them by.",
    "PCA meanwhile": "Two main directions (PCA) for now: UMAP is being prepared and takes over at the next scale.",
    PLAIN: "Two main directions of the clustering features (PCA): UMAP cannot run on this machine; the log says why.",
}


def legend_html(frame: Frame, method: str, note: str = "") -> str:
    """The clusters' marks, the meaning of the frames, and how to read the projection; `note` comes first."""
    letters = {c.letter: c.label for c in frame.cards if c.letter}
    marks = "".join(f"<span>{mark_svg(label, letter)} {letter}</span>" for letter, label in sorted(letters.items()))
    what = note + METHODS[method]
    if not letters:
        what += " This search never clusters, so there are no marks."
    elif frame.decision == "cluster":
        what += " Letters and colours are given anew at every decision."
    else:
        at = frame.cards[0].label_scale
        what += " Marks: as if it clustered here." if at == frame.scale else f" Marks: the clusters of scale {at}."
    keys = "<span>ringed: kept</span>"
    if any(not c.count for c in frame.cards):
        keys += "<span>dotted: dropped</span>"
    if len(letters) < len(frame.cards) and letters:
        keys += "<span>cross: middle of a cluster</span>"
    return f'<div class="leg">{marks}{keys}</div><p class="note">{what}</p>'
