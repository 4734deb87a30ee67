"""Sessions over the drawn test double, and the server that the browser tests talk to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_engine import DrawnBackend, fake_engine
from ui_helpers import PROMPT

from ttsvar.config import SearchConfig
from ttsvar.engine import Engine
from ui.session_store import SessionStore
from ui.sessions import Session


@pytest.fixture
def engine() -> Engine:
    return fake_engine()


@pytest.fixture
def backend(engine: Engine) -> DrawnBackend:
    assert isinstance(engine.backend, DrawnBackend)
    return engine.backend


@pytest.fixture
def store(engine: Engine, tmp_path: Path) -> SessionStore:
    return SessionStore(engine, tmp_path / "runs")


@pytest.fixture
def session(store: SessionStore) -> Session:
    session = store.create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    return session
