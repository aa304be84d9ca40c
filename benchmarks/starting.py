"""How long `firebell --help` takes to answer and `firebell run` to become ready, beside a Python that does nothing.

Run: python -m benchmarks.starting
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

from benchmarks.servers import ROOT, databases, firebell, local_slack

RUNS: Final = 7


def _seconds(words: Sequence[str]) -> float:
    """Return the median of some runs of a command, after one that warms the file cache."""
    taken = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])


def measure() -> dict[str, Any]:
    """Return seconds: a bare interpreter, the help text, and from start to ready on a migrated SQLite file."""
    ready = []
    with databases("sqlite") as database, local_slack() as slack:
        for _ in range(4):
            with firebell(database, slack) as served:
                ready.append(served.ready_after)
    return {
        "bare_python_s": round(_seconds(["-c", "pass"]), 3),
        "help_s": round(_seconds(["-m", "bot", "--help"]), 3),
        "ready_s": round(statistics.median(ready[1:]), 2),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
