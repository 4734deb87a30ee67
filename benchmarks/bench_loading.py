"""Host memory of loading a published transformer: the peak of a fresh process against the size of its weights.

A file of zeros is written in the published names, shapes and nesting, then read by a process of its own. Anonymous
memory is what the process owns; resident memory also counts pages of the mapped file, which the system may drop.

python benchmarks/bench_loading.py --out benchmarks/results/loading-2b.json
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import machine
import torch

from ttsvar.engine.meter import CostMeter
from ttsvar.families.infinity.checkpoint import load_transformer, published_name
from ttsvar.families.infinity.published import PUBLISHED
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.nn.transformer_config import TransformerConfig
from ttsvar.types import Component
from ttsvar.weights.room import DTYPES

GOAL = 1.3
"""Peak host memory over the size of the weights in their final format."""
_GLANCE = 0.002
"""Seconds between two looks at the memory; a tensor of 100 MB takes longer to convert."""


class AnonymousPeak:
    """The highest anonymous resident memory of this process while the block runs, in bytes (Linux).

    The kernel keeps a peak of all resident memory, but none of its anonymous part: a thread looks again and again.
    """

    def __enter__(self) -> AnonymousPeak:
        self.before = self.bytes = _anonymous()
        self._over = Event()
        self._thread = Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_GLANCE):
            self.bytes = max(self.bytes, _anonymous())


def config_of(name: str, depth: int | None) -> TransformerConfig:
    """The published transformer, or one of its width with fewer blocks."""
    config = PUBLISHED[name].config()
    return config if depth is None else replace(config, depth=depth, block_chunks=1)


def write_file(config: TransformerConfig, path: Path, dtype: torch.dtype) -> int:
    """A published checkpoint of zeros; returns the number of its parameters."""
    with torch.device("meta"):
        shapes = {name: tensor.shape for name, tensor in Infinity(config).state_dict().items()}
    # Every tensor is a mapping of one file with a hole in it: writing 2B takes no memory worth speaking of.
    hole = path.with_suffix(".hole")
    zeros = {}
    for name, shape in sorted(shapes.items(), key=lambda item: -item[1].numel()):
        mapped = torch.from_file(str(hole), shared=True, size=shape.numel(), dtype=dtype)
        zeros[published_name(name, config)] = mapped.view(shape)
    torch.save(zeros, path)
    hole.unlink()
    return sum(shape.numel() for shape in shapes.values())


def measure(path: Path, config: TransformerConfig, dtype: torch.dtype) -> dict[str, float]:
    """Load the file in this process: seconds, and bytes of memory before and at the peak."""
    with torch.device("meta"):
        Infinity(config)  # what torch imports for it is counted before, with the interpreter
    meter = CostMeter()
    with AnonymousPeak() as anonymous, meter.part(Component.TRANSFORMER):
        model = load_transformer(path, config, dtype)
    cost = meter.cost().parts[Component.TRANSFORMER]
    return {
        "seconds": round(cost.seconds, 2),
        "weight_bytes": sum(t.nbytes for t in model.state_dict().values()),
        "anonymous_before": anonymous.before,
        "anonymous_peak": anonymous.bytes,
        "resident_peak_above_before": cost.peak_bytes,
    }


def in_a_fresh_process(path: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """`measure` where nothing was allocated before."""
    depth = [] if arguments.depth is None else ["--depth", str(arguments.depth)]
    same = ["--model", arguments.model, "--dtype", arguments.dtype, *depth]
    command = [sys.executable, __file__, *same, "--measure", str(path)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _anonymous() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no RssAnon: this benchmark needs Linux.")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="2b", choices=[name.removeprefix("infinity-") for name in PUBLISHED])
    parser.add_argument("--depth", type=int, help="so many blocks instead of the model's own: for a quick look")
    parser.add_argument("--stored", default="float32", choices=DTYPES, help="number format of the file")
    parser.add_argument("--dtype", default="bf16", choices=DTYPES, help="number format that is loaded")
    parser.add_argument("--folder", type=Path, help="where the file lies for a while (default: the system's)")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def main() -> None:
    """Write, load and print; `--out` also writes JSON."""
    arguments = _parse()
    name, dtype = f"infinity-{arguments.model}", DTYPES[arguments.dtype]
    config = config_of(name, arguments.depth)
    if arguments.measure is not None:
        print(json.dumps(measure(arguments.measure, config, dtype)))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = Path(folder) / "transformer.pth"
        began = time.monotonic()
        parameters = write_file(config, path, DTYPES[arguments.stored])
        print(f"wrote {path.stat().st_size / 1e9:.2f} GB in {time.monotonic() - began:.0f} s")
        file_bytes, figures = path.stat().st_size, in_a_fresh_process(path, arguments)
    weights = figures["weight_bytes"]
    ratios = {
        "anonymous": round(figures["anonymous_peak"] / weights, 3),
        "resident": round((figures["anonymous_before"] + figures["resident_peak_above_before"]) / weights, 3),
    }
    print(f"{name}, {config.depth} blocks, {parameters / 1e9:.2f} billion parameters: {weights / 1e9:.2f} GB")
    print(f"peak anonymous {ratios['anonymous']:.2f} x, peak resident {ratios['resident']:.2f} x; goal {GOAL} x")
    document = {
        "machine": machine.describe(torch.get_num_threads()), "model": name, "depth": config.depth,
        "parameters": parameters, "stored": arguments.stored, "dtype": arguments.dtype, "file_bytes": file_bytes,
        **figures, "peak_over_weights": ratios, "goal": GOAL,
    }  # fmt: skip
    machine.write(document, arguments.out)


if __name__ == "__main__":
    main()
