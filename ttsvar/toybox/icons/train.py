"""Train a part of this world: `python -m ttsvar.toybox.icons.train tokenizer --folder FOLDER`; runs resume."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from ttsvar.errors import ConfigError
from ttsvar.toybox.icons.packed import PackedIcons, pack
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.icons.source import published_icons
from ttsvar.toybox.train.loop import FitSettings, Task, fit, snapshot

STEPS = {
    "tokenizer": 3000, "transformer": 8000, "features": 1000, "supervised": 3000, "detector": 3000, "reward": 3000,
    "preview_reward": 3000,
}  # fmt: skip
TRIAL_STEPS, TRIAL_WARMUP = 30, 6
"""Steps that are timed where minutes are given; the first of them are left out."""


def _tokenizer(scenery: Scenery, folder: Path, batch: int, start: Path | None) -> Task:
    from ttsvar.toybox.icons.train_tokenizer import IconTokenizerTask

    return IconTokenizerTask(scenery, batch, start=start)


def _transformer(scenery: Scenery, folder: Path, batch: int, start: Path | None) -> Task:
    from ttsvar.toybox.icons.train_transformer import IconTransformerTask

    return IconTransformerTask(scenery, folder / "tokenizer" / "tokenizer.safetensors", batch, start=start)


def _detector(scenery: Scenery, folder: Path, batch: int, start: Path | None) -> Task:
    from ttsvar.toybox.icons.train_detector import IconDetectorTask

    return IconDetectorTask(scenery, folder / "tokenizer" / "tokenizer.safetensors", batch)


def _reward(scenery: Scenery, folder: Path, batch: int, start: Path | None, *, previews: bool = False) -> Task:
    from ttsvar.toybox.icons.train_reward import reward_task

    return reward_task(scenery, folder / "tokenizer" / "tokenizer.safetensors", batch, previews=previews)


def _features(scenery: Scenery, folder: Path, batch: int, start: Path | None) -> Task:
    from ttsvar.toybox.icons.train_features import IconFeaturesTask

    return IconFeaturesTask(scenery, folder / "tokenizer" / "tokenizer.safetensors", batch)


def _supervised(scenery: Scenery, folder: Path, batch: int, start: Path | None) -> Task:
    from ttsvar.toybox.icons.train_supervised import IconSupervisedTask

    return IconSupervisedTask(scenery, folder / "tokenizer" / "tokenizer.safetensors", batch)


PARTS = {
    "tokenizer": _tokenizer,
    "transformer": _transformer,
    "features": _features,
    "supervised": _supervised,
    "detector": _detector,
    "reward": _reward,
    "preview_reward": partial(_reward, previews=True),
}


def steps_in(make: Callable[[], Task], minutes: float) -> int:
    """How many steps fit into so many minutes, by a trial over the whole curriculum that leaves nothing behind."""
    task = make()
    optimizers = task.optimizers()
    began = 0.0
    for step in range(TRIAL_STEPS):
        if step == TRIAL_WARMUP:
            began = time.perf_counter()
        loss, _ = task.loss(step, (step - TRIAL_WARMUP) / TRIAL_STEPS if step > TRIAL_WARMUP else 0.99, 0, 1)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        loss.item()
    seconds = (time.perf_counter() - began) / (TRIAL_STEPS - TRIAL_WARMUP)
    print(f"{seconds:.3f} seconds a step, {minutes:g} minutes hold {int(60 * minutes / seconds)}.", flush=True)
    return max(1, int(60 * minutes / seconds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=(*PARTS, "pack"), help="pack: write the icons of --icons for another machine")
    parser.add_argument("--folder", type=Path, required=True, help="checkpoints and weights, outside version control")
    parser.add_argument("--steps", type=int, help="steps in all, over which the learning rate falls to 0")
    parser.add_argument("--minutes", type=float, help="instead of --steps: as many as fit, by a short trial")
    parser.add_argument("--snapshot", action="store_true", help="train nothing: write the weights of the checkpoint")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--start", type=Path, help="folder of weights to grow from, where there is no checkpoint yet")
    parser.add_argument("--icons", type=Path, help="file that 'pack' wrote, instead of the published set")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw scenes ahead")
    parser.add_argument("--processes", type=int, default=1, help="that learn together, on a CPU")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Read the arguments and train to the given step."""
    given = _arguments()
    source = PackedIcons(given.icons) if given.icons and given.part != "pack" else published_icons()
    if given.part == "pack":
        given.folder.mkdir(parents=True, exist_ok=True)
        pack(source, given.icons or given.folder / "icons.npz")
        return
    if given.workers and given.processes > 1:
        raise ConfigError("--workers draws ahead for one learning process; leave one of it and --processes out.")
    torch.set_num_threads(given.threads)
    scenery = Scenery(source, given.workers, torch.device(given.device))
    make = partial(PARTS[given.part], scenery, given.folder, given.batch, given.start)
    try:
        if given.snapshot:
            print(f"Wrote {given.part} as it stood after {snapshot(make(), given.folder / given.part)} steps.")
            return
        steps = steps_in(make, given.minutes) if given.minutes else given.steps or STEPS[given.part]
        work = given.folder / given.part
        fit(make, FitSettings(work, steps, processes=given.processes, threads=given.threads, validate_every=250))
    finally:
        scenery.close()


if __name__ == "__main__":
    main()
