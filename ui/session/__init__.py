"""A run that a person is watching, all of them on disk, and its tree as columns."""
