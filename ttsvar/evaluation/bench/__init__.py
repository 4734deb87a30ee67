"""Searches drawn side by side on a list of prompts, one row an image."""
