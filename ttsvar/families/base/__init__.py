"""What every family shares: candidates in chunks of one shape, FLOP and memory formulas, shapes of the models."""
