"""Files that ship beside the packages: app manifests and the example settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

DEPLOY: Final = Path(__file__).resolve().parents[2] / "deploy"
EXAMPLE_SETTINGS: Final = DEPLOY / "firebell.example.yaml"


def manifest(transport: str) -> dict[str, Any]:
    """Return the Slack app manifest for "socket" or "http"."""
    text = (DEPLOY / "slack" / f"manifest.{transport}.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    assert isinstance(loaded, dict)
    return loaded
