"""Which class a prompt means, and what is said where it means none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.errors import ConfigError, PromptError
from ttsvar.families.var.imagenet import ClassNames, imagenet_names

NAMES = imagenet_names()


def test_the_thousand_classes_are_in_label_order():
    assert len(NAMES) == 1000
    firsts = {0: "tench", 1: "goldfish", 207: "golden retriever", 437: "beacon", 980: "volcano", 999: "toilet tissue"}
    assert {i: NAMES.names[i][0] for i in firsts} == firsts


@given(st.integers(0, 999))
def test_every_class_is_found_by_number_choice_and_name(label: int):
    assert len(set(NAMES.choices)) == 1000
    for prompt in (str(label), NAMES.choices[label], NAMES.name(label), f"  {NAMES.name(label).upper()} "):
        assert NAMES.index(prompt) == label
    assert NAMES.name(NAMES.index(NAMES.name(label))) == NAMES.name(label)


@pytest.mark.parametrize(
    ("prompt", "label"),
    [
        ("Golden  Retriever", 207),
        ("Carassius auratus", 1),
        ("carcharodon", 2),
        ("volcan", 980),
        ("134: crane", 134),
        ("maillot, tank suit", 639),
        ("carbonara", 959),
    ],
)
def test_names_synonyms_and_parts(prompt: str, label: int):
    assert NAMES.index(prompt) == label


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("crane", r"may mean 2 classes: crane \(134\), crane \(517\)"),
        ("retriever", r"golden retriever \(207\).* Write more of the name"),
        ("goldne retriver", r"Nearest are .*golden retriever \(207\)"),
        ("1000", "classes are 0 to 999"),
        ("5: tench", "no class '5: tench'"),
        ("\u00e5\u00e5\u00e5\u00e5", "Write the name of an ImageNet class"),
        ("", "is no class"),
    ],
)
def test_what_means_no_class_or_several_is_refused_with_names(prompt: str, words: str):
    with pytest.raises(PromptError, match=words):
        NAMES.index(prompt)


def test_shared_names_are_told_apart():
    names = ClassNames([["crane"], ["crane"], ["panda", "bear cat"], ["panda", "coon bear"]])
    assert names.choices == ("0: crane", "1: crane", "panda, bear cat", "panda, coon bear")
    assert [names.name(i) for i in range(4)] == ["0: crane", "1: crane", "bear cat", "coon bear"]


def test_an_absent_list_is_explained(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"names.tsv cannot be read"):
        imagenet_names(tmp_path / "names.tsv")
