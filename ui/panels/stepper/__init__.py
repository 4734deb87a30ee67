"""The strip of scales."""
