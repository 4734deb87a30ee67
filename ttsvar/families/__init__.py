"""Model families: one folder each, the table of every named model, and how a name becomes an engine."""
