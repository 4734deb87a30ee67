"""What leaves the page and what comes back to it: pictures, sessions, tables of what was decided."""
