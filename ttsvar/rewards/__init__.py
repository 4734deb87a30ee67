"""Rewards: (images, prompt) -> how well they match."""
