"""`firebell render`."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys

from bot.cli.start import checked
from templates.sample import SAMPLES


def run(chosen: argparse.Namespace) -> int:
    """Print a sample as JSON, in the operator's own wordings, to be pasted into Slack's Block Kit Builder."""
    if chosen.name is None:
        print("\n".join(sorted(SAMPLES)))
        return 0
    build = SAMPLES.get(chosen.name)
    if build is None:
        close = difflib.get_close_matches(chosen.name, SAMPLES, n=1)
        hint = f" Did you mean {close[0]}?" if close else " Run `firebell render` for the list."
        print(f"There is no message called {chosen.name}.{hint}", file=sys.stderr)
        return 2
    checked(os.environ)
    made = build()
    body = made if isinstance(made, dict) else {"text": made.text, "blocks": made.blocks}
    print(json.dumps(body, indent=2, ensure_ascii=False))
    return 0
