"""Every class of GenEval has a row, a picture and names that no other class has."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from ttsvar.errors import ConfigError
from ttsvar.toybox.icons import source
from ttsvar.toybox.icons.catalogue import KINDS, NAMES, index_of, kind_of
from ttsvar.toybox.icons.source import OWN, PublishedIcons, icons_path, published_icons
from ttsvar.toybox.icons.words import WORDS

BODY = '<path fill="#f00" d="M4 4h24v24H4z"/>'


def test_there_are_eighty_classes_each_once():
    assert len(NAMES) == len(set(NAMES)) == 80
    assert [index_of(name) for name in NAMES] == list(range(80))
    assert all(kind_of(kind.name) is kind for kind in KINDS)
    with pytest.raises(KeyError, match="unicorn"):
        index_of("unicorn")


def test_no_two_classes_share_a_name_or_an_icon():
    names = Counter(name for k in KINDS for name in {k.name, *(one for one, _ in k.synonyms)})
    plurals = Counter(name for k in KINDS for name in {k.plural, *(many for _, many in k.synonyms)})
    icons = Counter(icon for k in KINDS for icon in k.icons)
    assert [n for counts in (names, plurals, icons) for n, times in counts.items() if times > 1] == []


def test_every_drawing_is_used_and_every_icon_of_ours_is_drawn():
    used = {icon for kind in KINDS for icon in kind.icons if icon.startswith("own:")}
    assert used == set(OWN)


def test_only_people_have_no_colour():
    assert [kind.name for kind in KINDS if not kind.paintable] == ["person"]


def test_words_are_single_and_lower_case():
    assert len(WORDS) == len(set(WORDS))
    assert all(word == word.lower() and " " not in word for word in WORDS)


def test_a_missing_set_is_asked_for_by_name(monkeypatch, tmp_path):
    monkeypatch.setenv(source.VARIABLE, str(tmp_path / "icons.json"))
    published_icons.cache_clear()
    assert icons_path() is None
    with pytest.raises(ConfigError, match=r"Drawing icons needs"):
        published_icons()
    published_icons.cache_clear()


def test_an_icon_the_set_lacks_is_refused(tmp_path):
    path = tmp_path / "icons.json"
    path.write_text(json.dumps({"icons": {"cube": {"body": BODY}}, "aliases": {"box": {"parent": "cube"}}}))
    with pytest.raises(ConfigError, match=r"'sphere'.*1\.2\.6"):
        PublishedIcons(path).picture("sphere", 16)


def test_aliases_and_drawings_are_rasterised(tmp_path):
    pytest.importorskip("resvg_py", reason="the extra 'icons' is not installed")
    path = tmp_path / "icons.json"
    path.write_text(json.dumps({"icons": {"cube": {"body": BODY}}, "aliases": {"box": {"parent": "cube"}}}))
    icons = PublishedIcons(path)
    assert np.array_equal(icons.picture("box", 32), icons.picture("cube", 32))
    assert icons.picture("cube", 32)[16, 16].tolist() == [255, 0, 0, 255]
    for name in OWN:
        alpha = icons.picture(name, 48)[..., 3]
        assert (alpha > 0).mean() > 0.08, name
        assert max((alpha > 96).any(0).sum(), (alpha > 96).any(1).sum()) > 30, f"{name} is small on its grid"


def test_the_set_has_every_icon(published: PublishedIcons):
    for kind in KINDS:
        for icon in kind.icons:
            assert (published.picture(icon, 32)[..., 3] > 0).any(), icon
