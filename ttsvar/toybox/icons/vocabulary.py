"""The words of this world, as near-misses and the reward use them."""

from __future__ import annotations

from ttsvar.toybox.icons.catalogue import NAMES, kind_of
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.prompts import PAINTABLE, IconRequest
from ttsvar.toybox.icons.scenes import related
from ttsvar.toybox.icons.words import noun
from ttsvar.toybox.world.vocabulary import Vocabulary

ICONS = Vocabulary(
    shapes=tuple(NAMES),
    colors=tuple(COLORS),
    paintable=frozenset(PAINTABLE),
    request=IconRequest,
    noun=lambda shape, count: noun(kind_of(shape), count),
    related=related,
    edge=1.0,
)
"""GenEval's 80 classes in its ten colours."""
