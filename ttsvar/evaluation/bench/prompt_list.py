"""A list of prompts drawn into T2I-CompBench's layout: FOLDER/samples/'PROMPT_000000.png', numbered throughout."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tqdm import tqdm

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.image_folders import SAMPLES
from ttsvar.storage.atomic import write_atomically
from ttsvar.text_files import numbered_lines

LONGEST = 220
"""Bytes of a prompt that still leave room for its number in the 255 of a file name."""


def read_prompt_list(path: Path) -> list[str]:
    """The prompts of a text file, one a line, without the full stop at their end, which a file name would not carry.

    Raises ConfigError where there is none, one twice, or one that no file can be named after.
    """
    prompts = [text for _, line in numbered_lines(path) if (text := line.strip().rstrip(".").strip())]
    if not prompts:
        raise ConfigError(f"{path} holds no prompt; it must have one a line.")
    for place, prompt in enumerate(prompts):
        if "/" in prompt or "\\" in prompt or len(prompt.encode()) > LONGEST:
            raise ConfigError(f"{path}: no file can be named after {prompt!r:.80}; take it out, or shorten it.")
        if prompt in prompts[:place]:
            raise ConfigError(f"{path} has {prompt!r:.80} twice; take one out.")
    return prompts


def picture_path(folder: Path, prompt: str, number: int) -> Path:
    """Where the benchmark looks for a picture; `number` counts through the whole list."""
    return folder / SAMPLES / f"{prompt}_{number:06d}.png"


def draw_prompts(engine: Engine, prompts: list[str], folder: Path, *, search: SearchConfig, images: int) -> int:
    """Draw `images` pictures of every prompt, with seeds from 0 on, and return how many were not there before.

    Each is whole as soon as it is there, so that the same call goes on where one was stopped. Raises ConfigError where
    `images` is no count, PromptError where the model cannot draw a prompt: before anything is drawn.
    """
    if images < 1:
        raise ConfigError(f"images is {images}; it must be at least 1.")
    for prompt in prompts:
        engine.prompts.read(prompt)
    wanted = [
        (picture_path(folder, prompt, place * images + seed), prompt, seed)
        for place, prompt in enumerate(prompts)
        for seed in range(images)
    ]
    left = [job for job in wanted if not job[0].exists()]
    for path, prompt, seed in tqdm(left, desc="draw", unit="image", disable=None):
        state = engine.begin(prompt, search=search, seed=seed)
        while not state.done:
            state = engine.commit(engine.step(state))
        image = engine.best(state)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, partial(image.save, format="PNG"))
    return len(left)
