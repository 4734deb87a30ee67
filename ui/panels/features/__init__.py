"""What the vision model sees."""
