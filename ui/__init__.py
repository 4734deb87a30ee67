"""The app: Gradio over the step-wise engine."""

from __future__ import annotations

from ui.app import create_app

__all__ = ["create_app"]
