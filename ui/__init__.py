"""The app: Gradio over the step-wise engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    # Gradio takes seconds to import: whoever wants a module beneath should not wait for it.
    if name == "create_app":
        from .app import create_app

        return create_app
    raise AttributeError(f"module 'ui' has no attribute {name!r}")
