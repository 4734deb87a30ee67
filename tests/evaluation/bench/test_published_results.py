"""Other models' figures: rows that fill their columns, and that agree with the paper's tables of our arms."""

from __future__ import annotations

import numpy as np
import pytest

from ttsvar.evaluation.bench import paper
from ttsvar.evaluation.bench.published import COMPBENCH_MODELS, GENEVAL_MODELS, PublishedTable
from ttsvar.evaluation.rules.compbench import CATEGORIES, NOT_COVERED

ARMS = {
    "Infinity, 2B": "raw",
    "Infinity with importance sampling, N = 8": "importance-sampling n=8",
    "Infinity with best of N, N = 8": "best-of-n n=8",
    "Infinity with TTS-VAR, N = 2": "tts-var n=2",
    "Infinity with TTS-VAR, N = 8": "tts-var n=8",
}


@pytest.mark.parametrize("table", [GENEVAL_MODELS, COMPBENCH_MODELS], ids=lambda table: table.source)
def test_every_row_fills_its_columns(table: PublishedTable) -> None:
    for row in table.rows.values():
        assert len(row) == len(table.columns)
        assert all(value is None or 0 < value < 1 for value in row)


def test_the_papers_two_tables_of_geneval_agree() -> None:
    for model, label in ARMS.items():
        whole = dict(zip(paper.GENEVAL.columns, paper.GENEVAL.rows[label], strict=True))
        told = dict(zip(GENEVAL_MODELS.columns, GENEVAL_MODELS.rows[model], strict=True))
        assert told == {column: whole[column] for column in GENEVAL_MODELS.columns}


def test_the_average_of_compbench_is_that_of_its_columns() -> None:
    assert set(COMPBENCH_MODELS.columns) == {"average", *CATEGORIES, *NOT_COVERED}
    *rows, (average, *values) = COMPBENCH_MODELS.rows.values()
    for told, *others in rows:
        assert told == pytest.approx(np.mean(np.array(others, dtype=float)), abs=1e-4)
    assert (average, round(float(np.mean(np.array(values, dtype=float))), 4)) == (0.6230, 0.6280), "as it is printed"
