"""A mail is safe whatever people wrote, and reads the same as plain text and as HTML."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.domain import notices as n
from bot.domain.subscriptions import Kind, Readers, Subscription
from templates import sample_data as data
from templates.mail import Mail, Reader, plain, rich, write
from templates.mrkdwn import Mrkdwn, date
from templates.scene import Scene

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    'https://a.example/"onmouseover="alert(1)',
    "<!channel> <@U0ANA> &lt;b&gt;",
    "Subject: owned\r\nBcc: all@shop.example",
    "*" * 50 + "_" * 50,
)


class Tags(HTMLParser):
    """Gathers tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


def mail_with(text: str, readers: Readers) -> Mail:
    update = replace(data.FIRST_UPDATE, headline=text, impact=text, doing=text, next=text, estimate=text)
    incident = replace(data.mitigating(), title=text, updates=(update,))
    scene = Scene(incident, data.POLICY, data.links(incident), data.NOW)
    because = Subscription("U0BEA", Kind.EVERYTHING, readers=readers)
    return write(n.UpdatePublished(1), scene, because, Reader("Europe/Madrid", {"U0ANA": '<b>"Ana"'}))


@pytest.mark.parametrize("readers", Readers)
@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_makes_no_markup_and_no_header(text: str, readers: Readers) -> None:
    mail = mail_with(text, readers)
    tags = Tags()
    tags.feed(mail.html)
    assert tags.seen <= {"html", "head", "meta", "title", "body", "p", "br", "hr", "a", "strong"}
    assert tags.attributes <= {"lang", "charset", "name", "content", "style", "href"}
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


def test_times_people_and_links_are_shown_in_both_forms() -> None:
    text = Mrkdwn(f"*Bold* {date(data.NOW)} <@U0ANA> <https://a.example/x|here> <#C0INC42> a &lt; b")
    reader = Reader("Europe/Madrid", {"U0ANA": "Ana & Co"})
    assert plain(text, reader) == (
        "Bold 03 Nov 2026 04:05 CET Ana & Co here (https://a.example/x) the incident channel a < b"
    )
    assert rich(text, reader) == (
        '<strong>Bold</strong> 03 Nov 2026 04:05 CET Ana &amp; Co <a href="https://a.example/x">here</a> '
        "the incident channel a &lt; b"
    )


def test_an_unknown_zone_is_utc() -> None:
    assert plain(date(data.NOW), Reader("Mars/Olympus")) == "03 Nov 2026 03:05 UTC"
