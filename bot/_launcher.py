"""The one name that an installed Firebell has in site-packages: puts the packages beside it on the path and starts."""

import sys
from pathlib import Path


def main() -> int:
    sys.path.insert(0, str(Path(__file__).parent / "_app"))
    from bot.__main__ import main as start

    return start()
