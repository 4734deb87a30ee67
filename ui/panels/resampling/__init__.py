"""Chances under the four potentials."""
