"""A session as files that outlive the app: decisions, scores, a contact sheet, and a GIF of each survivor."""

from __future__ import annotations

import base64
import csv
import io
from collections import Counter
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from ttsvar.engine.history import Node
from ttsvar.engine.recipe import run_to_json

from ..scene.frame import array, cluster_labels, pictures
from ..session.branches import lines
from ..session.session import Session

CELL, CAPTION = 128, 30
GIF_SIDE = 256
COLUMNS = ("branch", "scale", "name", "parent", "reward", "probability", "cluster", "drawn", "goes_on")


def recipe_json(session: Session) -> dict[str, Any]:
    """What it takes to make the run again: the run, the weights, and the choices of every branch."""
    ends = [
        {
            "name": line.name,
            "state": node.state.id,
            "scale": node.state.scale,
            "choices": [list(choice) for choice in node.state.choices],
        }
        for line in lines(session.history)
        for node in [session.history.node(line.end)]
    ]
    return {
        "format": 1,
        **run_to_json(session.run),
        "weights": session.origin.get("weights", ""),
        "current": session.current,
        "branches": ends,
    }


def decisions_json(session: Session) -> list[dict[str, Any]]:
    """Every scale of every branch: the evidence, the algorithm's proposal, and what was chosen."""
    return [_decision(session, node) for node in session.history if node.result is not None]


def scores_csv(session: Session) -> str:
    """One line per branch, scale and candidate."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for line in lines(session.history):
        leaf = session.history.node(line.end)
        for node in session.history.path(line.end):
            if node.result is None:
                continue
            chosen = _chosen(session, node, leaf)
            for row in evidence(session, node):
                goes_on = "" if chosen is None else chosen.count(row["index"])
                rows.writerow([line.name, node.state.scale, *(row[k] for k in COLUMNS[2:-1]), goes_on])
    return out.getvalue()


def contact_sheet(session: Session) -> Image.Image:
    """All candidates of the branch one stands on: a row per scale, names and rewards below, what went on framed."""
    nodes = [n for n in session.history.path() if n.result is not None]
    leaf = session.history.current
    wide = max((len(n.state) for n in nodes), default=1)
    sheet = Image.new("RGB", (40 + wide * (CELL + 10), 10 + len(nodes) * (CELL + CAPTION)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for line, node in enumerate(nodes):
        top = 10 + line * (CELL + CAPTION)
        pen.text((10, top + CELL // 2 - 8), str(node.state.scale), fill="#5B6679", font=font)
        chosen = _chosen(session, node, leaf)
        for row, uri in zip(evidence(session, node), pictures(session, node)[0], strict=True):
            left = 40 + row["index"] * (CELL + 10)
            sheet.paste(picture(uri).resize((CELL, CELL), Image.Resampling.BICUBIC), (left, top))
            if chosen is not None and row["index"] in chosen:
                pen.rectangle((left - 2, top - 2, left + CELL + 1, top + CELL + 1), outline="#4650DD", width=3)
            pen.text((left, top + CELL + 4), f"{row['name']}  {row['reward']:+.2f}", fill="#171C26", font=font)
    return sheet


def survivor_gifs(session: Session) -> dict[str, bytes]:
    """By name, a GIF of each candidate that reached the last scale of the branch one stands on; empty before that."""
    end = session.history.current
    if not end.state.done:
        return {}
    gifs = {}
    for index, name in enumerate(end.state.candidate_ids):
        frames, row, node = [], index, end
        while (above := session.history.parent(node.state.id)) is not None:
            row = node.state.choices[-1][row]
            node = above
            frames.append(picture(pictures(session, node)[0][row]))
        gifs[name] = _gif(frames[::-1])
    return gifs


def picture(uri: str) -> Image.Image:
    """The picture of a data URI."""
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGB")


def _gif(frames: list[Image.Image]) -> bytes:
    large = [f.resize((GIF_SIDE, GIF_SIDE), Image.Resampling.BICUBIC) for f in frames]
    out = io.BytesIO()
    times = [350] * (len(large) - 1) + [2000]
    large[0].save(out, "GIF", save_all=True, append_images=large[1:], duration=times, loop=0)
    return out.getvalue()


def _decision(session: Session, node: Node) -> dict[str, Any]:
    result = node.stepped
    names = result.grown.candidate_ids
    return {
        "state": node.state.id,
        "scale": node.state.scale,
        "grid": list(session.run.schedule.sizes[node.state.scale]),
        "decision": result.decision,
        "keep": result.keep,
        "candidates": evidence(session, node),
        "proposal": {"kept": [names[p] for p in result.proposal.parents], "reason": result.proposal.reason},
        "choices": [
            {
                "state": child.state.id,
                "by": "the algorithm" if child.selection.source == "strategy" else "a person",
                "kept": [names[p] for p in child.selection.parents],
                "reason": child.selection.reason,
            }
            for child in session.history.children(node.state.id)
            if child.selection is not None
        ],
    }


def evidence(session: Session, node: Node) -> list[dict[str, Any]]:
    """What a decision at a grown scale goes by, one entry per candidate; `drawn` is the proposal's copies of it."""
    result, above = node.stepped, session.history.parent(node.state.id)
    seen, labels = session.look(node.state.id, pictures=False), cluster_labels(session, node.state.id)
    scores, chances = array(seen.scores), array(seen.probabilities)
    drawn = Counter(result.proposal.parents)
    before = above.result.grown.candidate_ids if above is not None and above.result is not None else None
    parents = node.state.choices[-1] if before else ()
    return [
        {
            "index": i,
            "name": name,
            "parent": before[parents[i]] if before else "",
            "reward": round(float(scores[i]), 5),
            "probability": round(float(chances[i]), 5),
            "cluster": "" if (label := labels[i]) is None else label[0],
            "drawn": drawn[i],
        }
        for i, name in enumerate(result.grown.candidate_ids)
    ]


def _chosen(session: Session, node: Node, leaf: Node) -> tuple[int, ...] | None:
    """Which candidates went on from a node on the way to a leaf; None at the leaf itself."""
    scale = node.state.scale
    return leaf.state.choices[scale] if scale < len(leaf.state.choices) else None
