"""Who lives on after each scale: one file a strategy, and the clustering, potentials and draws they use."""
