"""What an image build would do, done without one: `make image-check`.

The Dockerfile's own lines are carried out in an empty folder: what .dockerignore lets through is copied there, RUN
lines run in a shell with the image's paths moved under the folder, and health check, entry point and environment of
the final stage are used as they stand, against a local Slack. Not tried: the base image, users, layers, the container.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from sandbox.seed import demo_seed
from sandbox.server import Sandbox, SandboxConfig
from tests.deploy.dockerfile import ROOT, Instruction, environment, ours
from tests.deploy.test_dockerfile import sent

STARTS_WITHIN = 60.0
ENDS_WITHIN = 10.0
PLACES = ("/srv/firebell", "/dist", "/var/lib/firebell", "/tmp/matplotlib")
"""The image's folders that its lines name; each has its place under the check's own folder."""


class Image:
    """A folder that stands for the image's root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = root / "src"
        self.source.mkdir()
        (root / "var/lib/firebell").mkdir(parents=True)

    def moved(self, text: str) -> str:
        """Return a line with the image's places under this root."""
        for place in PLACES:
            text = text.replace(place, f"{self.root}{place}")
        return text

    def build(self, stage: list[Instruction]) -> None:
        """Carry out the build stage, in order."""
        variables = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(self.root)}
        # Where this machine's pip finds packages is not the image's concern.
        variables |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        for one in stage:
            if one.word == "ENV":
                variables |= one.pairs()
            elif one.word == "COPY":
                self._copy(*shlex.split(one.text))
            elif one.word == "RUN":
                print(f"RUN {one.text}", flush=True)
                command = self.moved(one.text)
                subprocess.run(command, shell=True, cwd=self.source, env=variables, check=True, stdout=sys.stderr)

    def _copy(self, origin: str, target: str) -> None:
        print(f"COPY {origin} {target}", flush=True)
        listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
        for path in listed.stdout.split():
            if sent(path) and (ROOT / path).exists() and (origin in (".", path)):
                aim = self.source / (path if origin == "." else target)
                aim.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / path, aim)

    def environment(self, stage: list[Instruction], given: dict[str, str]) -> dict[str, str]:
        """Return the final stage's environment, with nothing of this machine's but the path to its tools."""
        told = {
            name: self.moved(value).replace("$PATH", os.environ["PATH"]) for name, value in environment(stage).items()
        }
        return {**told, "HOME": str(self.root), **given}


async def check(image: Image) -> None:
    build, final = ours()
    image.build(build)
    manifest = json.loads((ROOT / "deploy/slack/manifest.socket.json").read_text(encoding="utf-8"))
    async with Sandbox(SandboxConfig(manifest=manifest, seed=demo_seed())) as local:
        tokens = {"SLACK_BOT_TOKEN": local.bot_token, "SLACK_APP_TOKEN": local.app_token}
        given = {"SLACK_API_URL": local.api_url, "HOST": "127.0.0.1", "PORT": str(free_port()), **tokens}
        variables = image.environment(final, given)
        entry = [one.listed() for one in final if one.word in ("ENTRYPOINT", "CMD")]
        command = [word for part in entry for word in part]
        print(f"{' '.join(command)}", flush=True)
        home = image.root / "var/lib/firebell"
        path = shutil.which(command[0], path=variables["PATH"])
        assert path is not None
        assert path.startswith(str(image.root)), path
        running = subprocess.Popen([path, *command[1:]], cwd=home, env=variables)
        try:
            await watch(running, final, variables)
        finally:
            running.kill()
            running.wait()


async def watch(running: subprocess.Popen[bytes], final: list[Instruction], variables: dict[str, str]) -> None:
    """Wait until it is healthy and ready, then end it."""
    (health,) = (one.listed() for one in final if one.word == "HEALTHCHECK")
    program = shutil.which(health[0], path=variables["PATH"])
    assert program is not None
    unhealthy = subprocess.run([program, *health[1:]], env=variables | {"PORT": "1"}, capture_output=True, check=False)
    assert unhealthy.returncode != 0, "the health check is well although nothing listens"
    started = time.monotonic()
    while subprocess.run([program, *health[1:]], env=variables, capture_output=True, check=False).returncode != 0:
        assert running.poll() is None, "it ended"
        assert time.monotonic() - started < STARTS_WITHIN, "it does not become healthy"
        await asyncio.sleep(0.5)
    print(f"healthy after {time.monotonic() - started:.1f} s", flush=True)
    async with httpx.AsyncClient() as http:
        ready = await http.get(f"http://127.0.0.1:{variables['PORT']}/readyz")
    assert ready.status_code == 200, ready.text
    print(f"ready: {ready.text}", flush=True)
    running.send_signal(signal.SIGTERM)
    started = time.monotonic()
    while running.poll() is None:
        assert time.monotonic() - started < ENDS_WITHIN, "it does not end"
        await asyncio.sleep(0.05)
    assert running.returncode == 0, running.returncode
    print(f"ended with status 0 after {time.monotonic() - started:.1f} s", flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="firebell-image-") as folder:
        asyncio.run(check(Image(Path(folder))))
