"""Images <-> multi-scale bits."""
