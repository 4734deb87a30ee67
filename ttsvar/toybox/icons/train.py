"""Train a part of this world: `python -m ttsvar.toybox.icons.train tokenizer --folder FOLDER`; runs resume."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from ttsvar.toybox.icons.source import published_icons
from ttsvar.toybox.train.loop import FitSettings, Task, fit

STEPS = {"tokenizer": 6000, "transformer": 12000}


def _tokenizer(folder: Path, batch: int) -> Task:
    from ttsvar.toybox.icons.train_tokenizer import IconTokenizerTask

    return IconTokenizerTask(published_icons(), batch)


def _transformer(folder: Path, batch: int) -> Task:
    from ttsvar.toybox.icons.train_transformer import IconTransformerTask

    return IconTransformerTask(published_icons(), folder / "tokenizer" / "tokenizer.safetensors", batch)


PARTS = {"tokenizer": _tokenizer, "transformer": _transformer}


def main() -> None:
    """Read the arguments and train to the given step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--folder", type=Path, required=True, help="checkpoints and weights, outside version control")
    parser.add_argument("--steps", type=int, help="steps in all, over which the learning rate falls to 0")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    settings = FitSettings(
        given.folder / given.part,
        given.steps or STEPS[given.part],
        processes=given.processes,
        threads=given.threads,
        validate_every=250,
    )
    fit(partial(PARTS[given.part], given.folder, given.batch), settings)


if __name__ == "__main__":
    main()
