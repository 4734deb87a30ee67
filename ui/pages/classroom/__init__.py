"""The class page: everybody's duels on one chart."""
