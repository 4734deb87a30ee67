"""The page around the panels: theme, text, the events and names that Python and scripts share, Gradio's quirks."""
