"""The candidates on a plane, by cluster."""
