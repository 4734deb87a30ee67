"""The page of third-party notices names what the lock installs."""

from __future__ import annotations

from tools import notices


def test_every_locked_package_is_on_the_page_with_its_licence() -> None:
    page = notices.PAGE.read_text(encoding="utf-8")
    lacking = [name for name, version in notices.locked().items() if f"| {name} | {version} |" not in page]
    assert not lacking, "write it again: python -m tools.notices"
    assert "not looked up" not in page
    assert len(notices.locked()) > 50
    assert "torch" in notices.locked()
