"""Sessions over fakes, and the server that the browser tests talk to."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_fakes import FakeBackend, backend_of, page_engine
from ui_helpers import PROMPT, services_over

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ui.panels.panel import Services
from ui.session.session import Session
from ui.session.store import SessionStore


@pytest.fixture
def engine() -> Engine:
    return page_engine()


@pytest.fixture
def backend(engine: Engine) -> FakeBackend:
    return backend_of(engine)


@pytest.fixture
def store(engine: Engine, tmp_path: Path) -> SessionStore:
    return SessionStore(engine, tmp_path / "runs")


@pytest.fixture
def services(store: SessionStore) -> Services:
    return services_over(store)


@pytest.fixture
def session(store: SessionStore) -> Session:
    session = store.create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    return session
