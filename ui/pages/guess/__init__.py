"""The page /guess: which of eight blurs becomes the best picture? Alone, or as a class."""
