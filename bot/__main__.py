"""`python -m bot` and `firebell`."""

from __future__ import annotations

import sys

from bot.cli import main

if __name__ == "__main__":
    sys.exit(main())

__all__ = ["main"]
