"""The app over the test double, for looking at it before there are weights: `python tests/ui/serve_fake.py --port "
"7870`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
    from fake_engine import fake_engine

    from ui import create_app

    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=7870)
    parser.add_argument("--runs-dir", default="runs")
    args = parser.parse_args()
    create_app(fake_engine(), runs_dir=args.runs_dir).launch(server_port=args.port)
