"""Published tokenizers: read from one file, and refused where the vocabulary is not the model's."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from ttsvar.errors import CheckpointError
from ttsvar.nn.prompt_tokenizer import BERT, CLIP, T5, Vocabulary, load_prompt_tokenizer

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "cup", "red", "##s", "and")
SMALL = dataclasses.replace(BERT, entries=len(WORDS) + 2, longest=6)


def bert(words: tuple[str, ...] = WORDS, marks: bool = True) -> Tokenizer:
    """A tokenizer of BERT's kind with few words."""
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)  # type: ignore[assignment]
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()  # type: ignore[assignment]
    if marks:
        tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    return tokenizer


def saved(tokenizer: Tokenizer, folder: Path) -> Path:
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder / "tokenizer.json"


def test_prompts_are_padded_and_cut_before_the_end_mark(tmp_path: Path):
    tokenizer = load_prompt_tokenizer(saved(bert(), tmp_path), SMALL)
    ids, mask = tokenizer(["A red cup", "cups", "a cup a cup a cup a cup"])
    assert ids.tolist() == [[2, 4, 6, 5, 3, 0], [2, 5, 7, 3, 0, 0], [2, 4, 5, 4, 5, 3]]
    assert mask.sum(1).tolist() == [5, 4, 6]
    assert tokenizer(["cup"])[0].tolist() == [[2, 5, 3]]
    assert len(tokenizer) == SMALL.entries


def test_added_marks_are_tokens_of_their_own(tmp_path: Path):
    ids, _ = load_prompt_tokenizer(saved(bert(), tmp_path), SMALL)(["[ENC] cup [DEC]"])
    assert ids.tolist() == [[2, len(WORDS) + 1, 5, len(WORDS), 3]]


@pytest.mark.parametrize("vocabulary", [BERT, CLIP, T5], ids=lambda v: v.name)
def test_an_almost_empty_vocabulary_is_refused_by_name(tmp_path: Path, vocabulary: Vocabulary):
    path = saved(bert(), tmp_path)
    with pytest.raises(CheckpointError) as raised:
        load_prompt_tokenizer(path, vocabulary)
    held = len(WORDS) + len(vocabulary.added)
    for part in (f"{held} tokens", vocabulary.name, f"{vocabulary.entries:,}", vocabulary.file.url):
        assert part in str(raised.value)


def test_a_tokenizer_without_marks_is_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match=r"reads 'a cup' as \['a', 'cup'\]; BERT .* \[CLS\] and \[SEP\]"):
        load_prompt_tokenizer(saved(bert(marks=False), tmp_path), SMALL)


@pytest.mark.parametrize("text", ["no json", json.dumps({"model": {}})])
def test_a_broken_file_is_refused(tmp_path: Path, text: str):
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(CheckpointError, match="cannot be read as a tokenizer of BERT"):
        load_prompt_tokenizer(tmp_path / "tokenizer.json", BERT)
    with pytest.raises(CheckpointError, match="no tokenizer of BERT"):
        load_prompt_tokenizer(tmp_path / "absent.json", BERT)
