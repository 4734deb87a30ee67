"""The page around the panels: layout, wiring, theme, and what all scripts share."""
