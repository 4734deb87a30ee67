"""The training of every toybox model."""
