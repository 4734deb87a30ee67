"""Pages of their own: the evidence, the class."""
