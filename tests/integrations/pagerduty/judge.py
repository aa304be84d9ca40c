"""PagerDuty's own OpenAPI documents, as a judge of what is asked and what is answered.

They are read from FIREBELL_TEST_DATA, since they carry no licence that would let them stand here.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from openapi_core import Config, OpenAPI
from openapi_core.contrib.aiohttp import AIOHTTPOpenAPIWebRequest, AIOHTTPOpenAPIWebResponse
from openapi_core.exceptions import OpenAPIError

REST: Final = "pagerduty-rest-subset.openapi.json"
EVENTS: Final = "pagerduty-events-v2.openapi.json"
ABSENT: Final = "PagerDuty's OpenAPI documents are not here: set FIREBELL_TEST_DATA to the folder that holds them"


def folder() -> Path | None:
    """Return where the documents are, if they are."""
    given = os.environ.get("FIREBELL_TEST_DATA", "")
    return Path(given) if given and (Path(given) / REST).exists() else None


class Judge:
    """Holds requests and answers against one document. `violations` are sentences; `seen` are the operations asked."""

    def __init__(self, name: str, server: str) -> None:
        found = folder()
        assert found is not None, ABSENT
        document = json.loads((found / name).read_text(encoding="utf-8"))
        document["servers"] = [{"url": server}]
        # The subset leaves the descriptions out that the standard wants, so the document itself is not examined.
        self._openapi = OpenAPI.from_dict(_writable(document), config=Config(spec_validator_cls=None))
        self.violations: list[str] = []
        self.seen: set[str] = set()

    def ask(self, request: web.Request, body: str) -> None:
        """Examine a request."""
        pattern = request.match_info.route.resource
        assert pattern is not None
        self.seen.add(f"{request.method} {pattern.canonical}")
        try:
            self._openapi.validate_request(AIOHTTPOpenAPIWebRequest(request, body=body))
        except OpenAPIError as error:
            self.violations.append(f"{request.method} {request.path}: {error!r} {error.__cause__!r}")

    def answer(self, request: web.Request, body: str, response: web.Response) -> None:
        """Examine an answer."""
        try:
            self._openapi.validate_response(
                AIOHTTPOpenAPIWebRequest(request, body=body), AIOHTTPOpenAPIWebResponse(response)
            )
        except OpenAPIError as error:
            self.violations.append(
                f"{request.method} {request.path} -> {response.status}: {error!r} {error.__cause__!r}"
            )


def _writable(node: Any) -> Any:
    """Take `readOnly` off the ids and types of references: the document wants them in requests all the same."""
    if isinstance(node, list):
        return [_writable(one) for one in node]
    if not isinstance(node, dict):
        return node
    copy = {name: _writable(one) for name, one in node.items()}
    for name in ("id", "type"):
        inner = (copy.get("properties") or {}).get(name) if isinstance(copy.get("properties"), dict) else None
        if isinstance(inner, dict):
            inner.pop("readOnly", None)
    return copy
