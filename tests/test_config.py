"""Settings: wrong ones are refused by name, whatever their type."""

from __future__ import annotations

import math

import pytest

from ttsvar.config import SEARCHES, STRATEGIES, Sampling, SearchConfig, search_config
from ttsvar.errors import ConfigError
from ttsvar.schedule import resolve_search


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("strategy", "magic", "tts-var"),
        ("extractor", "dino", "pca-raw"),
        ("potential", "mean", "diff"),
        ("n", 0, "1 to 64"),
        ("n", 2.5, "whole number"),
        ("lam", -1.0, "0 to 1000"),
        ("lam", "ten", "'ten'"),
        ("lam", math.nan, "nan"),
        ("top_p", 0.0, "above 0"),
        ("top_p", "most", "top_p is 'most'"),
        ("top_k", -1, "top_k is -1"),
        ("top_k", 1.5, "whole number"),
        ("cfg", "3", "cfg is '3'"),
        ("cfg", (3.0, math.inf), "cfg"),
        ("tau", 0.0, "tau is 0.0"),
        ("cluster_scales", (2, "five"), "whole numbers"),
        ("resample_scales", 6, "whole numbers"),
    ],
)
def test_wrong_values_are_refused(name: str, value: object, shown: str):
    with pytest.raises(ConfigError, match=shown.replace("(", r"\(")):
        SearchConfig(**{name: value})  # type: ignore[arg-type]


def test_lists_are_taken_as_tuples():
    from_lists = SearchConfig(batch=[1] * 13, cfg=[3.0] * 13, cluster_scales=[2])  # type: ignore[arg-type]
    assert from_lists == SearchConfig(batch=(1,) * 13, cfg=(3.0,) * 13, cluster_scales=(2,))
    assert resolve_search(from_lists, 13, Sampling()).cfg_at(4) == 3.0
    assert hash(from_lists) is not None


def test_named_searches():
    assert search_config("tts-var", n=3).n == 3
    assert {search.strategy for search in SEARCHES.values()} == set(STRATEGIES)
    with pytest.raises(ConfigError, match="best-of-n"):
        search_config("magic")
