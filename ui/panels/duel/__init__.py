"""Mine against the algorithm."""
