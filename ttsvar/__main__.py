"""`python -m ttsvar`."""

import sys

from ttsvar.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
