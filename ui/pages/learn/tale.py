"""A recorded run as the article shows it: the scales of both branches as plain values, read without an engine."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ttsvar.evaluation.rules.shortfall import Shortfall
from ttsvar.search.reasons import cluster_letter

from ...guide.recorded import FOLDER
from ...scene.marks import mark_color
from ...scene.verdicts import UNTOLD, told


def tale(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Both branches of a recorded run: its own first, then the other; plain JSON values with pictures as data URIs."""
    with zipfile.ZipFile(folder / f"{name}.zip") as archive:

        def read(path: str) -> Any:
            return json.loads(archive.read(f"session/{path}"))

        run, story = read("run.json"), read("origin.json")["story"]
        nodes = {node["id"]: node for node in run["nodes"]}
        grown = {node["step"]["id"]: node["id"] for node in run["nodes"] if node.get("step")}
        ends = list(run["names"].items())
        branches = [
            {"name": title, "end": end, **_end(read, end), "scales": _scales(read, nodes, grown, end)}
            for title, end in ends
        ]
    return {
        "name": name,
        "title": story["title"],
        "prompt": run["run"]["prompt"],
        "sizes": run["run"]["sizes"],
        "parting": next(place["state"] for place in story["places"]),
        "branches": branches,
    }


def _scales(read: Any, nodes: Mapping[str, Any], grown: Mapping[str, str], end: str) -> list[dict[str, Any]]:
    """The scales of the branch that ends at a state, coarse to fine; `kept` are the rows that went on."""
    found, node = [], nodes[end]
    while node["parent"]:
        kept, node = node["selection"]["parents"], nodes[grown[node["parent"]]]
        found.append(_scale(read, node, kept))
    return found[::-1]


def _scale(read: Any, node: Mapping[str, Any], kept: list[int]) -> dict[str, Any]:
    step, at = node["step"], node["id"]
    seen, decided = step["seen"], step["candidates"]
    labels = decided["labels"] or seen["labels"]
    return {
        "state": at,
        "decision": step["decision"],
        "from": parents_of(node),
        "kept": kept,
        "images": read(f"shown/{at}-pictures.json")[0],
        "maps": read(f"shown/{at}-maps.json") if step["decision"] == "cluster" else [],
        "rewards": [round(value, 2) for value in decided["scores"] or seen["scores"]],
        "chances": [round(value, 3) for value in decided["probabilities"] or seen["probabilities"]],
        "clusters": [cluster_letter(label) for label in labels] if step["decision"] == "cluster" else [],
        "colors": [mark_color(label) for label in labels] if step["decision"] == "cluster" else [],
    }


def parents_of(node: Mapping[str, Any]) -> list[int]:
    """The rows one scale earlier that a state's candidates come from; empty at the first scale."""
    return node["selection"]["parents"] if node.get("selection") else []


def _end(read: Any, end: str) -> dict[str, Any]:
    """How a branch ended: which survivor, whether it is right, and what is wrong with it."""
    correct, reasons = read(f"shown/{end}-verdict.json")
    words = "satisfies the prompt" if correct else told(Shortfall.from_json(reasons[0])) if reasons else UNTOLD
    return {"best": read(f"shown/{end}-best.json"), "correct": correct, "verdict": "" if correct is None else words}
