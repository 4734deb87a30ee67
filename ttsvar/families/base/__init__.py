"""What every family shares: candidates in chunks of one shape, FLOP and memory formulas, prompts of free text."""
