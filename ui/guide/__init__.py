"""What explains itself: the tour, the glossary, recorded runs."""
