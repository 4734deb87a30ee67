"""`python -m ttsvar report`: the rows of a store as a page, as docs/results.md, and as data for the app."""

from __future__ import annotations

import json
from pathlib import Path

from ttsvar.errors import StoreError
from ttsvar.evaluation.bench.store import Store
from ttsvar.evaluation.report.collect import collect, headline
from ttsvar.evaluation.report.page import page
from ttsvar.evaluation.report.results import results, verdict_sentence


def write_report(rows: Path, page_path: Path, results_path: Path, data_path: Path | None = None) -> None:
    """Write page and results, and the app's data where a path is given; prints the headline."""
    evidence = collect(Store(rows, create=False))
    texts = {page_path: page(evidence), results_path: results(evidence)}
    if data_path is not None:
        texts[data_path] = json.dumps(evidence.to_json(), separators=(",", ":")) + "\n"
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        except OSError as error:
            raise StoreError(f"{path} cannot be written ({error}); the rows are untouched.") from error
        print(f"Wrote {path}.")
    if experiment := headline(evidence):
        print(verdict_sentence(experiment))
