"""What the rows say: tables, figures, a page."""
