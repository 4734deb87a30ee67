"""Candidates over the scales: births, copies, ends, branches."""
