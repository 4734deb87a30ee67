"""The panels of the page: one folder each, with its view, events, script and styles."""
