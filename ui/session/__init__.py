"""A run that a person watches, all runs on disk until they are deleted, the tree as columns, comparisons."""
