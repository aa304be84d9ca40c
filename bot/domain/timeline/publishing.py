"""The status page."""

from __future__ import annotations

from typing import Final

from bot.domain import events as e
from bot.domain.timeline.line import Line

KIND: Final = "customers"


def publishing(event: e.Event, by: str) -> Line | None:
    match event:
        case e.PostConfirmed(title=title, text=text, status=status):
            return Line(KIND, f"{by} confirmed words for the status page ({status.value}): {title}. {text}")
        case e.PostPublished(url=url):
            # Without a provider it stood there as soon as it was confirmed.
            return Line(KIND, "Published on the status page", "key" if url else "detail", link=url)
        case e.PostFailed(detail=detail):
            return Line(KIND, f"The status page could not be changed: {detail}")
        case e.PostOvertaken():
            return Line(KIND, "An older text for the status page was left out; a newer one stands there", "detail")
        case e.CustomersAsked(whole=whole, asked=asked):
            return Line(KIND, f"{whole.label} ended; @{{{asked}}} was asked what customers are to read of this part")
    return None
