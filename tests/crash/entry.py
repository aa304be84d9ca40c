"""Runs a module that kills itself at a named point: `python -m tests.crash.entry <module> [arguments]`.

FIREBELL_TEST_KILL_AT is "<point>:<n>": at the n-th time that the point is reached the process gets SIGKILL, which no
handler sees and nothing is flushed after. With FIREBELL_TEST_HASTE the bot's waits are shorter (tests.crash.haste).
Without the variables the module runs as always. The product knows nothing of this.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence

from bot import faultpoints

KILL_AT = "FIREBELL_TEST_KILL_AT"
HASTE = "FIREBELL_TEST_HASTE"


def arm(variables: Mapping[str, str]) -> None:
    """Install the killer that the environment asks for, if any."""
    wanted = variables.get(KILL_AT)
    if not wanted:
        return
    point, _, number = wanted.partition(":")
    if point not in faultpoints.ALL:
        raise SystemExit(f"{KILL_AT}: there is no point {point}")
    left = int(number or 1)

    def reached(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    faultpoints.install(reached)


def main(arguments: Sequence[str]) -> None:
    """Run the module that is named first, with the rest as its arguments."""
    arm(os.environ)
    if os.environ.get(HASTE):
        from tests.crash import haste  # the small bot needs none of what this brings with it

        haste.hasten()
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
