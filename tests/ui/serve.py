"""The app over a model that needs no download, for looking at it and for the browser tests.

python tests/ui/serve.py fake --port 7870        coloured squares, drawn by chance, instead of a transformer
python tests/ui/serve.py tiny-var --port 7870    VAR's classes on random weights in the published layout
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from ttsvar.threads import let_waiting_threads_sleep  # noqa: E402

let_waiting_threads_sleep()

from engine_fakes import page_engine  # noqa: E402
from tiny_var import published_state, saved  # noqa: E402

from ttsvar.engine.loop import Engine  # noqa: E402
from ttsvar.families.registry import TOYBOX_FOLDER  # noqa: E402
from ttsvar.families.var.backend import load_var_backend  # noqa: E402
from ttsvar.families.var.transformer import VARConfig  # noqa: E402
from ttsvar.features.dinov2 import load_extractor  # noqa: E402
from ttsvar.features.labelled import load_supervised  # noqa: E402
from ttsvar.features.registry import extractors  # noqa: E402
from ttsvar.rewards.image_reward import load_scorer  # noqa: E402
from ttsvar.storage.png import sign  # noqa: E402
from ttsvar.weights.loadable import LazyMapping  # noqa: E402
from ui import create_app  # noqa: E402

VAR_TOKENIZER = ROOT / "tests" / "golden" / "var_class" / "vae.pth"
VAR = VARConfig(
    depth=2, embed_dim=64, num_heads=2, sides=(1, 2, 3, 4, 5, 6, 8, 10, 13, 16), vocab=64, code_channels=32,
    classes=1000,
)  # fmt: skip


def tiny_var() -> Engine:
    """A small VAR of all 1000 classes from files in the published layout, with the toybox's judge and eyes."""
    with tempfile.TemporaryDirectory() as folder:
        transformer = saved(published_state(VAR), Path(folder) / "var_tiny.pth")
        backend = load_var_backend(transformer, VAR_TOKENIZER, "var-tiny")
    eyes = extractors(
        partial(load_extractor, TOYBOX_FOLDER / "features.safetensors"),
        partial(load_supervised, TOYBOX_FOLDER / "supervised.safetensors"),
    )
    judges = LazyMapping({"image-reward": partial(load_scorer, TOYBOX_FOLDER / "reward.safetensors")})
    return Engine(backend, eyes, judges, sign=sign)


ENGINES = {"fake": page_engine, "tiny-var": tiny_var}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", choices=ENGINES)
    parser.add_argument("--port", type=int, default=7870)
    parser.add_argument("--runs-dir", default="runs")
    args = parser.parse_args()
    create_app(ENGINES[args.model](), runs_dir=args.runs_dir).launch(server_port=args.port)


if __name__ == "__main__":
    main()
