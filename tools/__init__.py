"""Checks that need more than the app's own environment."""
