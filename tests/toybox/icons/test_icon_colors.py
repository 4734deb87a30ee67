"""An icon takes a colour and keeps its details."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icon_fakes import FakeIcons

from ttsvar.toybox.icons.catalogue import KINDS, kind_of
from ttsvar.toybox.icons.colors import COLORS, from_oklab, painted, to_oklab
from ttsvar.toybox.icons.source import PublishedIcons

colors = st.sampled_from(list(COLORS))


def mean_color(picture: np.ndarray) -> np.ndarray:
    weights = picture[..., 3:] / 255
    return (picture[..., :3] * weights).sum((0, 1)) / weights.sum()


def nearest(picture: np.ndarray) -> str:
    """The colour whose ink most of a picture's pixels are nearest to."""
    solid = to_oklab(picture[picture[..., 3] > 200][:, :3] / 255)
    inks = to_oklab(np.array(list(COLORS.values())) / 255)
    votes = np.bincount(((solid[:, None] - inks) ** 2).sum(-1).argmin(1), minlength=len(inks))
    return list(COLORS)[int(votes.argmax())]


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_oklab_goes_there_and_back(rgb):
    assert np.allclose(from_oklab(to_oklab(np.array(rgb))), rgb, atol=1e-4)


@pytest.mark.slow
@given(st.text(max_size=12), colors)
def test_a_painted_picture_has_its_colour_and_its_outline(name, color):
    picture = FakeIcons().picture(name, 48)
    turned = painted(picture, color, 0.55)
    assert np.array_equal(turned[..., 3], picture[..., 3])
    assert nearest(turned) == color


@given(st.text(max_size=12), colors)
def test_details_stay_visible(name, color):
    picture = FakeIcons().picture(name, 64)
    turned = painted(picture, color, 0.55)
    solid = turned[turned[..., 3] == 255][:, :3].astype(int)
    lightness = to_oklab(solid / 255)[:, 0]
    assert lightness.max() - lightness.min() > 0.15


@pytest.mark.slow
def test_every_class_in_every_colour_looks_like_that_colour(published: PublishedIcons):
    wrong = [
        (icon, color, got)
        for kind in KINDS
        if kind.paintable
        for icon in kind.icons
        for color in COLORS
        if (got := nearest(painted(published.picture(icon, 48), color, kind_of(kind.name).painted_share))) != color
    ]
    # A clock's face, a microwave's window and the gaps of a bicycle outweigh what was painted.
    assert len(wrong) <= 35, wrong
