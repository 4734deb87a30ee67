"""Weight files: where they come from, whether they fit the model and the machine, and where they lie meanwhile."""
