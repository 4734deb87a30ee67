"""Measuring images against prompts: GenEval's rule, the toybox prompts, and searches compared with intervals."""
