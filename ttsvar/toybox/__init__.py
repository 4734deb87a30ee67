"""The toybox: a small drawn world, and the training of every model that lives in it."""
