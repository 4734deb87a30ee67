"""The package image-reward against our `ImageReward`: `make crosscheck-image-reward`.

`score` runs in the package's environment and leaves weights, pictures, prompts and scores in a folder; `compare` runs
in the app's and scores them again. `stubs` lets the package be imported, `case` is the folder that both read.
"""
