from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.rewards.config import ImageRewardConfig
from ttsvar.rewards.image_reward import ImageRewardScorer, WordPromptTokenizer
from ttsvar.rewards.model import ImageReward
from ttsvar.rewards.pixels import CLIP_MEAN, CLIP_STD, preprocess


class LetterTokenizer:
    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        ids = torch.tensor([[1, *(3 + ord(c) % 17 for c in prompts[0])]])
        return ids, torch.ones_like(ids)


def _text(rows: int, length: int = 7) -> tuple[Tensor, Tensor]:
    ids = torch.randint(3, 20, (rows, length))
    mask = torch.ones_like(ids)
    mask[::2, 5:] = 0
    return ids, mask


def test_several_prompts_per_image_equal_repeated_images(tiny: ImageReward):
    images = torch.randn(2, 3, 32, 32)
    ids, mask = _text(6)
    together = tiny(images, ids, mask)
    apart = tiny(images.repeat_interleave(3, 0), ids, mask)
    assert torch.allclose(together, apart, atol=1e-5)
    assert together.std() > 1e-3


def test_padding_changes_nothing(tiny: ImageReward):
    images = torch.randn(2, 3, 32, 32)
    ids, mask = _text(2)
    mask[:, 5:] = 0
    assert torch.allclose(tiny(images, ids, mask), tiny(images, ids[:, :5], mask[:, :5]), atol=1e-5)


def test_every_image_token_is_read(tiny: ImageReward):
    tokens = torch.randn(1, 17, 16, requires_grad=True)
    tiny.read(tokens, *_text(1)).sum().backward()
    assert tokens.grad is not None
    assert bool((tokens.grad.abs().sum(-1) > 0).all())


def test_scores_do_not_depend_on_the_batch(tiny: ImageReward):
    images = torch.randint(0, 256, (5, 40, 48, 3), dtype=torch.uint8)
    one, many = (ImageRewardScorer(tiny, LetterTokenizer(), batch=b) for b in (1, 16))
    scores = one.score(images, "two cups")
    assert (scores.shape, scores.dtype) == ((5,), torch.float32)
    assert torch.allclose(scores, many.score(images, "two cups"), atol=1e-5)
    assert not torch.allclose(scores, many.score(images, "a fish"), atol=1e-5)


def test_flops_match_the_matrix_products(tiny: ImageReward):
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        tiny(torch.randn(3, 3, 32, 32), torch.ones(3, 9, dtype=torch.long), torch.ones(3, 9, dtype=torch.long))
    counted = counter.get_total_flops()
    assert counted <= tiny.flops(3, tokens=9) <= 1.25 * counted, (counted, tiny.flops(3, tokens=9))
    assert ImageRewardScorer(tiny, LetterTokenizer()).flops(2) == tiny.flops(2)


def test_preprocessing_follows_pillow():
    image = torch.randint(0, 256, (40, 60, 3), dtype=torch.uint8)
    got = preprocess(image[None], 20)[0]
    picture = Image.fromarray(image.numpy()).resize((30, 20), Image.Resampling.BICUBIC).crop((5, 0, 25, 20))
    expected = torch.tensor(list(picture.tobytes()), dtype=torch.float32).view(20, 20, 3)
    expected = (expected / 255 - torch.tensor(CLIP_MEAN)) / torch.tensor(CLIP_STD)
    assert (got - expected.permute(2, 0, 1)).abs().max() < 2.1 / 255 / min(CLIP_STD)


@pytest.mark.parametrize(
    "images", [torch.zeros(2, 3, 32, 32), torch.zeros(32, 32, 3, dtype=torch.uint8), torch.zeros(1, 32, 32, 3)]
)
def test_wrong_images_are_refused(tiny: ImageReward, images: Tensor):
    with pytest.raises(ConfigError, match="uint8"):
        ImageRewardScorer(tiny, LetterTokenizer()).score(images, "a cup")


def test_ids_that_do_not_fit_are_refused(tiny: ImageReward):
    with pytest.raises(ConfigError, match="whole number of rows"):
        tiny(torch.zeros(2, 3, 32, 32), *_text(3))
    with pytest.raises(ConfigError, match="at most 12 tokens"):
        tiny(torch.zeros(1, 3, 32, 32), *_text(1, 13))


@pytest.mark.parametrize(("name", "value"), [("patch", 0), ("image_size", 100), ("text_heads", 7), ("std", 0.0)])
def test_impossible_shapes_are_refused(name: str, value: Any):
    with pytest.raises(ConfigError, match=str(value)):
        ImageRewardConfig(**{name: value})


def test_words_stand_between_end_marks():
    ids, mask = WordPromptTokenizer(("a", "cup"))(["a cup", "cup"])
    assert ids.tolist() == [[1, 3, 4, 1], [1, 4, 1, 0]]
    assert mask.tolist() == [[1, 1, 1, 1], [1, 1, 1, 0]]
    assert WordPromptTokenizer(("a",))(["a " * 50])[0].shape == (1, 35)
