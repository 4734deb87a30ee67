"""What the decision rule computes for a folder of reference cases."""

from __future__ import annotations

import json
from pathlib import Path

from ttsvar.detections import Detection
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.geneval import judge

CASES = "decision_cases.json"


def geneval_conformance(folder: str | Path) -> dict[str, list[bool]]:
    """Judge every case of `decision_cases.json`: {"correct": [...]} in their order; given answers are never read."""
    path = Path(folder) / CASES
    if not path.is_file():
        raise ConfigError(f"There is no {CASES} in {folder}; give the folder that holds the GenEval cases.")
    try:
        cases = [(case["metadata"], case["detections"]) for case in json.loads(path.read_text())]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} is not a list of cases with metadata and detections ({error!r}).") from error
    return {"correct": [judge(metadata, [Detection.from_json(d) for d in rows]).correct for metadata, rows in cases]}
