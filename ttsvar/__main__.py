"""`python -m ttsvar`."""

import sys

from ttsvar.cli import main

if __name__ == "__main__":
    sys.exit(main())
