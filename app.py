"""The app for Spaces and `make app`: `python app.py` is `ttsvar app`, with the same flags."""

import sys

from ttsvar.commands.cli import main

if __name__ == "__main__":
    sys.exit(main(["app", *sys.argv[1:]]))
