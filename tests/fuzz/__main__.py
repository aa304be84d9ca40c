"""`python -m tests.fuzz COUNT [SEED]`: a campaign, told round by round; ends with 1 if anything was found."""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

from tests.fuzz.campaign import Report, campaign


def main() -> int:
    """Run a campaign and print what it did and found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100_000, help="inputs in all (%(default)s)")
    parser.add_argument("seed", type=int, nargs="?", default=1, help="of the first round (%(default)s)")
    parser.add_argument("--json", type=Path, help="write the figures and findings here as well")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    report = campaign(asked.count, asked.seed, told=_tell)
    found = summary(report)
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(found, indent=1, ensure_ascii=False))
    return 1 if report.findings.counts else 0


def summary(report: Report) -> dict[str, object]:
    """The figures of a campaign."""
    counts = report.findings.counts
    return {
        "inputs": report.inputs,
        "seconds": round(report.seconds, 1),
        "inputs_per_second": round(report.inputs / max(report.seconds, 0.001), 1),
        "answers": dict(sorted(report.statuses.items())),
        "rows": dict(report.rows),
        "findings": [
            {"what": flaw, "times": times, "first": report.findings.first[flaw]} for flaw, times in counts.most_common()
        ],
    }


def _tell(report: Report) -> None:
    rate = report.inputs / report.seconds
    for flaw in report.findings.fresh:
        print(f"found: {flaw}\n    {report.findings.first[flaw]}", file=sys.stderr)
    report.findings.fresh.clear()
    print(f"{report.inputs} inputs, {rate:.0f}/s, {len(report.findings.counts)} findings", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
