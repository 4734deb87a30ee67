"""Makes the recorded runs that ship: searches prompts and seeds for runs that really show each story."""
