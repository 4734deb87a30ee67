"""What is shown to others: a finished run as one card, and its search as a moving picture."""
