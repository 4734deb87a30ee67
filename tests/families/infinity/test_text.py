"""Prompts to ids and features, and the encoder's file."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from ttsvar.errors import CheckpointError, PromptError
from ttsvar.families.infinity.text import TextEncoder, load_text_encoder
from ttsvar.nn.words import EOS, UNK, WordTokenizer
from ttsvar.toybox.presets import new_text_encoder


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    torch.manual_seed(0)
    return new_text_encoder().eval()


def test_words_are_lower_cased_and_padded() -> None:
    ids, lens = WordTokenizer(["a", "red", "star"])(["A red star!", "star"])
    assert ids.tolist() == [[3, 4, 5, EOS], [5, EOS, 0, 0]]
    assert lens == (4, 2)


def test_unknown_words_are_named_once_in_order() -> None:
    tokenizer = WordTokenizer(["a", "star"])
    assert tokenizer.unknown("A cobalt star, a cobalt Zebra") == ["cobalt", "zebra"]
    assert tokenizer(["zebra"])[0].tolist() == [[UNK, EOS]]


def test_padding_does_not_change_a_prompts_features(encoder: TextEncoder) -> None:
    with torch.no_grad():
        alone, _ = encoder.encode(["a red star"])
        together, lens = encoder.encode(["a red star", "a photo of a red star and a green cup"])
    torch.testing.assert_close(together[:1, : lens[0]], alone, rtol=1e-4, atol=1e-5)


def test_a_prompt_without_words_is_refused(encoder: TextEncoder) -> None:
    with pytest.raises(PromptError, match="has no words"):
        encoder.encode(["?!"])


def test_a_saved_encoder_comes_back(encoder: TextEncoder, tmp_path: Path) -> None:
    encoder.save(tmp_path / "text.safetensors")
    again = load_text_encoder(tmp_path / "text.safetensors")
    with torch.no_grad():
        want, have = encoder.encode(["two blue balls"])[0], again.encode(["two blue balls"])[0]
    assert again.tokenizer.words == encoder.tokenizer.words
    assert float((want - have).abs().max()) < 0.02 * float(want.std())


def test_a_file_with_a_missing_tensor_is_refused_by_name(encoder: TextEncoder, tmp_path: Path) -> None:
    path = tmp_path / "text.safetensors"
    encoder.save(path)
    tensors = load_file(path)
    del tensors["encoder.final_layer_norm.weight"]
    metadata = {"config": encoder.model.config.to_json_string(), "words": '["a"]'}
    save_file(tensors, path, metadata=metadata)
    with pytest.raises(CheckpointError, match=r"encoder\.final_layer_norm\.weight"):
        load_text_encoder(path)
    with pytest.raises(CheckpointError, match="no transformer file"):
        load_text_encoder(tmp_path / "absent.safetensors")
