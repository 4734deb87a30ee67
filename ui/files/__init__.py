"""What leaves the page and what comes back to it: pictures, sessions, recorded runs."""
