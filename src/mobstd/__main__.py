"""``python -m mobstd``: the same as ``mobstd``."""

import sys

from mobstd.cli import main

if __name__ == "__main__":
    sys.exit(main())
