"""Rewards along every lineage."""
