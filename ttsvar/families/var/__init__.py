"""VAR (arXiv 2404.02905): tokens from a code book, ImageNet classes, and the checkpoints as published."""
