"""Ending a subscription from a mail: a signed address, a page that asks once, and RFC 8058's one click.

Whoever holds the address may end that one subscription and can do nothing else; it names no incident.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import html
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from aiohttp import web

from bot.domain.subscriptions import Subscription, of_mark
from bot.errors import Busy, OutcomeUnknown

PATH: Final = "/unsubscribe"
BUSY: Final = "Nothing changed. The database did not answer in time. Try again in a moment."
UNKNOWN: Final = "Whether this took effect is not known. Try again in a moment: a second time does no harm."

End = Callable[[Subscription], Awaitable[None]]

_PAGE: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
    "<title>Firebell</title></head>"
    '<body style="font: 16px/1.5 sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em"><h1>Firebell</h1>'
    "<p>{words}</p>{form}</body></html>"
)
_FORM: Final = '<form method="post"><button>Unsubscribe</button></form>'


class Unsubscribing:
    """Makes the addresses and answers them. `key` signs; people reach Firebell at `public_url` ("" if nowhere)."""

    def __init__(self, key: bytes, public_url: str) -> None:
        self._key = hashlib.sha256(b"unsubscribe\0" + key).digest()
        self._public_url = public_url.rstrip("/")

    def url(self, one: Subscription) -> str:
        """Return the address that ends a subscription; "" where no mail could lead here."""
        return f"{self._public_url}{PATH}/{self.token(one)}" if self._public_url else ""

    def token(self, one: Subscription) -> str:
        said = base64.urlsafe_b64encode(json.dumps([one.user, one.mark]).encode()).decode().rstrip("=")
        return f"{said}.{self._signature(said)}"

    def read(self, token: str) -> Subscription | None:
        """Return what a token of ours ends; None for any other."""
        said, _, signature = token.rpartition(".")
        if not token.isascii() or not hmac.compare_digest(self._signature(said), signature):
            return None
        try:
            user, mark = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
        except (ValueError, binascii.Error):
            return None
        return of_mark(str(user), str(mark))

    def _signature(self, said: str) -> str:
        return hmac.new(self._key, said.encode("ascii", "replace"), hashlib.sha256).hexdigest()

    def routes(self, end: End) -> Sequence[web.RouteDef]:
        """Return the routes; none where no mail could lead here."""

        async def ask(request: web.Request) -> web.Response:
            known = self.read(request.match_info["token"]) is not None
            return _answer("Do you want to hear no more of this?", _FORM) if known else _stale()

        async def carry_out(request: web.Request) -> web.Response:
            one = self.read(request.match_info["token"])
            if one is None:
                return _stale()
            try:
                await end(one)
            except Busy:
                return _answer(BUSY, status=503)
            except OutcomeUnknown:
                return _answer(UNKNOWN, status=503)
            return _answer("You will hear no more of this. Your other subscriptions go on.")

        path = f"{PATH}/{{token}}"
        return [web.get(path, ask), web.post(path, carry_out)] if self._public_url else []


def _stale() -> web.Response:
    words = "This address ends no subscription. Type /incident subscriptions in Slack to see yours."
    return _answer(words, status=404)


def _answer(words: str, form: str = "", *, status: int = 200) -> web.Response:
    return web.Response(text=_PAGE.format(words=html.escape(words), form=form), content_type="text/html", status=status)
