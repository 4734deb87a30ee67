"""The published icons, for tests that draw with them."""

from __future__ import annotations

import os

import pytest

from ttsvar.errors import ConfigError
from ttsvar.toybox.icons.source import PublishedIcons, published_icons


@pytest.fixture
def published() -> PublishedIcons:
    """The published set; where it is not installed its tests are left out, except where CI is set."""
    try:
        return published_icons()
    except ConfigError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))
