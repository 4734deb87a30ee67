"""The search loop: states come about, are looked at, and form a history; what a step costs is counted."""
