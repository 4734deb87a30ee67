"""The candidate board: a card is a choice."""
