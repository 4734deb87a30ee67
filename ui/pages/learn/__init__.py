"""The page /learn: the method told from recorded runs, as one HTML file that needs no server."""
