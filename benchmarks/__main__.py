"""Measure everything, one thing after another, and write what came of it: `make bench`.

Leaves every figure in build/benchmarks.json and the table in docs/performance.md. A quiet machine is worth waiting for:
the load average at the start is written beside the figures.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.facts import machine
from benchmarks.report import page
from benchmarks.servers import ROOT

RESULTS: Final = ROOT / "build" / "benchmarks.json"
PAPER: Final = ROOT / "docs" / "performance.md"

MEASUREMENTS: Final[dict[str, tuple[str, ...]]] = {
    "acknowledging": ("acknowledging",),
    "channel": ("time_to_channel",),
    "performing": ("performing",),
    "ten_thousand_sqlite": ("ten_thousand",),
    "ten_thousand_postgresql": ("ten_thousand", "--database", "postgresql"),
    "folding": ("folding",),
    "ranking": ("ranking",),
    "starting": ("starting",),
    "growing_sqlite": ("growing",),
    "growing_postgresql": ("growing", "--database", "postgresql"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*MEASUREMENTS, []], help="measure these; keep the others' figures")
    parser.add_argument("--write", action="store_true", help="only write the paper anew, from the kept figures")
    chosen = parser.parse_args()
    results = _kept(RESULTS)
    if not chosen.write:
        for name in chosen.only or MEASUREMENTS:
            results |= {"machine": machine(), name: _measure(name)}
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    missing = sorted(set(MEASUREMENTS) - results.keys())
    if missing:
        print(f"Not written yet: {', '.join(missing)} still to be measured.", file=sys.stderr)
        return 1
    PAPER.write_text(page(results), encoding="utf-8")
    print(f"The table is in {PAPER.relative_to(ROOT)}.")
    return 0


def _measure(name: str) -> Any:
    started = time.monotonic()
    print(f"{name} ...", end=" ", flush=True)
    words = [sys.executable, "-m", f"benchmarks.{MEASUREMENTS[name][0]}", *MEASUREMENTS[name][1:]]
    done = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    print(f"{time.monotonic() - started:.0f} s")
    # What a library prints before the figures is not ours.
    return json.loads(done.stdout[done.stdout.index("{\n") :])


def _kept(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


if __name__ == "__main__":
    sys.exit(main())
