"""Our scores of a case that another environment scored, and how far apart the two are, as JSON.

python -m tools.image_reward.compare FOLDER
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch

from tools.image_reward.case import TOKENIZER, WEIGHTS, read_case
from ttsvar.errors import TTSVarError
from ttsvar.judges import JUDGES

TOLERANCE = 1e-4
SPREAD = 100 * TOLERANCE
"""Pictures of one prompt, and prompts of one picture, have to differ by this for agreement to mean something."""


def compare(folder: Path) -> dict[str, Any]:
    """Score a case as `--reward image-reward` does: the largest difference, and whether it is small enough.

    Raises CheckpointError where the weights or the tokenizer are not in the published layout.
    """
    case = read_case(folder)
    judge = JUDGES["image-reward"].build((folder / WEIGHTS, folder / TOKENIZER), torch.device("cpu"))
    ours = torch.stack([judge.score(case.pictures, prompt) for prompt in case.prompts])
    difference = float((ours - case.scores).abs().max())
    spread = min(float((case.scores.amax(axis) - case.scores.amin(axis)).min()) for axis in (0, 1))
    return {
        "largest_difference": difference,
        "tolerance": TOLERANCE,
        "spread": spread,
        "agree": difference <= TOLERANCE and spread >= SPREAD,
        "package": case.scores.tolist(),
        "ours": ours.tolist(),
        "versions": case.versions,
    }


def main(argv: list[str] | None = None) -> int:
    """Print the comparison; 1 where the scores differ, or hardly depend on what was scored, 2 for a broken case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    try:
        report = compare(parser.parse_args(argv).folder)
    except (TTSVarError, OSError) as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report, indent=1))
    return 0 if report["agree"] else 1


if __name__ == "__main__":
    sys.exit(main())
