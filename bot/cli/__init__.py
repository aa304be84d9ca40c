"""The command line: words, arguments, help. What a word does stands in a module of its own, imported when it runs."""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from bot import __version__
from bot.errors import BotError

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2

DEMO_PORT: Final = 8787


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one word; returns the exit status: 0 well, 1 something is wrong, 2 it was called or set up wrongly."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.module is None:
        parser.print_help()
        return EXIT_USAGE
    with _nothing_collected():
        module = importlib.import_module(f"bot.cli.{chosen.module}")
    sys.excepthook = _crashed
    try:
        status = module.run(chosen)
    except BotError as error:
        print(_redacted(str(error)), file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return EXIT_OK
    return int(status)


@contextlib.contextmanager
def _nothing_collected() -> Iterator[None]:
    """Import without looking for garbage: there is next to none, and looking takes a fifth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of a bug with everything but the secrets, which libraries like to repeat in their complaints."""
    print(_redacted("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)


def _redacted(text: str) -> str:
    from bot.telemetry import redact  # not needed by `--help`

    return redact(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="firebell", description="Incident command in Slack.")
    parser.add_argument("--version", action="version", version=f"firebell {__version__}")
    parser.set_defaults(module=None)
    words = parser.add_subparsers(title="commands", metavar="")

    def word(name: str, module: str, text: str) -> argparse.ArgumentParser:
        added = words.add_parser(name, help=text, description=text)
        added.set_defaults(module=module, word=name)
        return added

    word("run", "run", "Serve a workspace (Socket Mode if SLACK_APP_TOKEN is set, else HTTP)")
    demo = word("demo", "demo", "Play an incident on a local Slack")
    demo.add_argument("--port", type=int, default=DEMO_PORT, help="where the page is served (default %(default)s)")
    demo.add_argument("--dir", type=Path, default=Path(".demo"), help="where the demo keeps its state")
    local = word("sandbox", "sandbox", "Serve the local Slack alone")
    local.add_argument("--port", type=int, default=DEMO_PORT)
    local.add_argument("--state", type=Path, help="keep the workspace in this file")
    local.add_argument("--request-url", help="deliver by signed HTTP to this loopback URL instead of Socket Mode")
    word("doctor", "doctor", "Look at everything that must be well, and say how to mend what is not")
    word("check-config", "check_config", "Check firebell.yaml and the environment")
    word("migrate", "data", "Bring the database to this version's schema")
    backup = word("backup", "archive", "Write the whole database into an archive, also while Firebell runs")
    backup.add_argument("file", type=Path, help="a new file; any name, say firebell-2026-03-02.zip")
    restore = word("restore", "archive", "Fill an empty database, of either kind, from an archive")
    restore.add_argument("file", type=Path, help="what `backup` wrote")
    restore.add_argument("--seal", metavar="SHA256", help="as `backup` printed it: refuse any other archive")
    verify = word("verify", "data", "Check each log's hash chain, and that it folds to the stored row")
    verify.add_argument(
        "--head",
        help="a head printed earlier (incident:seq:hash, or workspace:seq:hash) that must be part of its chain",
    )
    export = word("export", "data", "Write one incident's log as JSON Lines")
    export.add_argument("--incident", type=int, required=True, metavar="NUMBER")
    _redact_arguments(
        word("redact", "redact", "Take text out of the log for good: an event's, an incident's, a person's")
    )
    page = word("status-page", "status_page", "Write Firebell's own status page as files, once")
    page.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder; it is made if need be")
    render = word("render", "render", "Print a message or form as Block Kit JSON, from sample data")
    render.add_argument("name", nargs="?", help="without a name: list them")
    return parser


def _redact_arguments(redact: argparse.ArgumentParser) -> None:
    redact.add_argument("--incident", type=int, metavar="NUMBER", help="everything that people wrote in it")
    redact.add_argument(
        "--event", type=int, metavar="SEQ", help="only in this event of it; its seq as `export` shows it"
    )
    redact.add_argument(
        "--user", metavar="ID", help="what this person wrote, and their name where the incident is over"
    )
    redact.add_argument("--by", required=True, metavar="USER", help="the user id of whoever decided this")
    redact.add_argument("--reason", required=True, help="kept in the workspace's log, so name no secret here")
    redact.add_argument("--dry-run", action="store_true", help="only say what would go")
    redact.add_argument("--yes", action="store_true", help="do not ask")
