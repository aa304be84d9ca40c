"""Run the local Slack alone: ``python -m sandbox --manifest deploy/slack/manifest.socket.json``."""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sandbox.manifest import load_manifest
from sandbox.seed import demo_seed
from sandbox.server import Sandbox, SandboxConfig

EXIT_USAGE = 2
_PORT_TAKEN = "Port {port} is in use. Choose another with --port, or --port 0 for a free one."


def main() -> int:
    """Serve until interrupted; prints one line of JSON with addresses and secrets when ready."""
    arguments = _arguments()
    try:
        return asyncio.run(_serve(_config(arguments)))
    except ValueError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            print(_PORT_TAKEN.format(port=arguments.port), file=sys.stderr)
        else:
            print(f"The local Slack cannot start: {error.strerror or error}.", file=sys.stderr)
    return EXIT_USAGE


async def _serve(config: SandboxConfig) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with Sandbox(config) as sandbox:
        ready = {
            "url": sandbox.url,
            "api_url": sandbox.api_url,
            "bot_token": sandbox.bot_token,
            "app_token": sandbox.app_token,
            "signing_secret": sandbox.signing_secret,
            "pid": os.getpid(),
        }
        print(json.dumps(ready), flush=True)
        await stop.wait()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Slack on your own machine.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="file that keeps the workspace; without, it is forgotten")
    parser.add_argument("--manifest", type=Path, required=True, help="the Slack app manifest (JSON)")
    parser.add_argument("--seed", default="demo", help="demo, empty, or a JSON file")
    parser.add_argument("--clock-offset-file", type=Path, help="file with seconds to add to the time")
    parser.add_argument("--request-url", help="where to send signed HTTP when no socket is connected")
    parser.add_argument("--lenient", action="store_true", help="no limits, scopes or rate tiers")
    return parser.parse_args()


def _config(arguments: argparse.Namespace) -> SandboxConfig:
    return SandboxConfig(
        manifest=load_manifest(arguments.manifest),
        host=arguments.host,
        port=arguments.port,
        state_path=arguments.state,
        seed=_seed(arguments.seed),
        strict=not arguments.lenient,
        clock_offset_file=arguments.clock_offset_file,
        request_url=arguments.request_url,
        outage=arguments.seed == "demo",
    )


def _seed(name: str) -> dict[str, Any] | None:
    if name == "demo":
        return demo_seed()
    if name == "empty":
        return None
    try:
        seed = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise ValueError(f"{name} is not a readable seed: {error}") from error
    if not isinstance(seed, dict):
        raise ValueError(f"{name} is not a seed: it holds no JSON object")
    return seed


if __name__ == "__main__":
    sys.exit(main())
