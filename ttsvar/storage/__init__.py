"""What is written and read back: runs, pictures that carry their recipe, and the run made again from one."""
