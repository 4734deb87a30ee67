"""Candidates of many prompts, all drawn to the end and scored at every scale: when the reward can be trusted."""
