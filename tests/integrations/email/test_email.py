"""Mail as a mail server gets it: words, headers, privacy, and what each refusal means."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from bot.domain import effects as f
from bot.domain import notices as n
from bot.domain.commands import CorrectUpdate, PostUpdate
from bot.domain.subscriptions import Kind, Readers, Subscription
from bot.errors import ConfigError, IntegrationError, Reason
from bot.ports import View
from integrations.email.client import Client
from integrations.email.errors import REASONS, reason_of_code
from integrations.email.integration import EmailIntegration
from integrations.email.page import Unsubscribing
from integrations.email.settings import EmailSettings, Tls, read
from tests.domain.world import World
from tests.integrations.email.kit import PASSWORD, PUBLIC, SENDER, Book, integration, mail_server, settings_for
from tests.integrations.paper import PaperDesk

WISH = Subscription("UBEA", Kind.SERVICE, "checkout", readers=Readers.EXECUTIVES)
UPDATE = f.SendEmail("UBEA", n.UpdatePublished(1), WISH)


@pytest.fixture
def world() -> World:
    world = World()
    world.declare()
    world.do(
        PostUpdate("Cards fail in *Spain* <& Portugal>", impact="1,200 customers, see https://d.example/c?a=1&b=2")
    )
    return world


def view_of(world: World, key: str = "key") -> View:
    return View(world.it, world.policy, key)


async def send(mail: EmailIntegration, world: World, effect: f.SendEmail = UPDATE, key: str = "key") -> f.Facts:
    async with mail.open() as performer:
        return await performer.handlers["SendEmail"](effect, view_of(world, key), PaperDesk())


async def test_a_mail_says_the_update_in_the_readers_words_and_zone(world: World) -> None:
    async with mail_server() as box:
        assert await send(integration(settings_for(box.port)), world) == f.Done()
    (mail,) = box.received
    assert mail["From"] == SENDER
    assert mail["To"] == "bea@shop.example"
    assert mail["Subject"].startswith("SEV1 INC-42: update 1: Cards fail in Spain <& Portugal>")
    text = mail.get_body(("plain",)).get_content()
    assert "Impact: 1,200 customers" in text
    assert "you subscribed to Checkout" in text
    assert "Led by Ana Ruiz" in text
    page = mail.get_body(("html",)).get_content()
    assert "<strong>Impact:</strong>" in page
    assert "&lt;&amp; Portugal&gt;" in page
    assert '<a href="https://d.example/c?a=1&amp;b=2">' in page


async def test_times_are_the_readers_own(world: World) -> None:
    async with mail_server() as box:
        announced = f.SendEmail("UBEA", n.IncidentAnnounced(), WISH)
        await send(integration(settings_for(box.port)), world, announced)
    assert "04:02 CET" in box.received[0].get_body(("plain",)).get_content()


async def test_a_repeat_has_the_same_id_and_other_words_have_another(world: World) -> None:
    async with mail_server() as box:
        mail = integration(settings_for(box.port))
        await send(mail, world)
        await send(mail, world)
        await send(mail, world, key="another")
        await send(mail, world, replace(UPDATE, notice=n.IncidentAnnounced()))
    ids = [one["Message-ID"] for one in box.received]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert len({one["References"] for one in box.received}) == 1


async def test_a_corrected_update_says_so(world: World) -> None:
    world.do(CorrectUpdate(1, "Cards fail in Portugal"))
    async with mail_server() as box:
        await send(integration(settings_for(box.port)), world)
    assert "(corrected)" in box.received[0]["Subject"]


async def test_one_click_unsubscribing_is_offered_where_people_can_reach_it(world: World) -> None:
    async with mail_server() as box:
        await send(integration(settings_for(box.port)), world)
        await send(integration(settings_for(box.port), public_url=""), world, key="two")
    first, second = box.received
    assert first["List-Unsubscribe"].startswith(f"<{PUBLIC}/unsubscribe/")
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert second["List-Unsubscribe"] is None
    assert "/incident subscriptions" in second.get_body(("plain",)).get_content()


async def test_long_headers_leave_as_they_are_and_only_prose_is_encoded(world: World) -> None:
    world.do(CorrectUpdate(1, "Zahlungen schlagen in Österreich und Südtirol seit der Früh immer öfter fehl"))
    wish = Subscription("UBEA", Kind.INCIDENT, "0123456789abcdef01234567")
    public = "https://notifications.incidents.internal.shop.example"
    async with mail_server() as box:
        mail = integration(settings_for(box.port), public_url=public)
        await send(mail, world, f.SendEmail("UBEA", n.UpdatePublished(1), wish))
    head, _, body = box.raw[0].partition(b"\r\n\r\n")
    lines = head.decode("ascii").split("\r\n")
    address = Unsubscribing(b"key", public).url(wish)
    assert f"List-Unsubscribe: <{address}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert any(line.startswith("Message-ID: <") and line.endswith("@shop.example>") for line in lines)
    assert all(len(line) <= 78 for line in lines if "=?utf-8?" in line)
    assert "Österreich und Südtirol" in box.received[0]["Subject"]
    assert body.isascii()
    assert "Österreich" in box.received[0].get_body(("plain",)).get_content()


async def test_an_address_outside_ascii_is_written_as_it_is(world: World) -> None:
    async with mail_server() as box:
        mail = integration(settings_for(box.port), Book({"UBEA": "béa@shop.example"}))
        assert await send(mail, world) == f.Done()
    assert "To: béa@shop.example\r\n".encode() in box.raw[0]


@pytest.mark.parametrize("address", ["", "bea@shop.example\nBcc: all@shop.example"])
async def test_without_an_address_nothing_is_sent(world: World, address: str) -> None:
    async with mail_server() as box:
        mail = integration(settings_for(box.port), Book({"UBEA": address}))
        if address:
            with pytest.raises(IntegrationError) as caught:
                await send(mail, world)
            assert caught.value.reason is Reason.CLIENT
        else:
            assert isinstance(await send(mail, world), f.Gone)
    assert box.received == []


@pytest.mark.parametrize(
    ("step", "answer", "reason"),
    [
        ("RCPT", "550 no such user <bea@shop.example>", Reason.CLIENT),
        ("RCPT", "450 greylisted", Reason.SERVER),
        ("DATA", "554 this is spam", Reason.CLIENT),
        ("DATA", "452 disk full", Reason.SERVER),
        ("DATA", "535 login first", Reason.AUTH),
    ],
)
async def test_a_refusal_tells_reason_and_number_and_no_address(
    world: World, step: str, answer: str, reason: Reason
) -> None:
    async with mail_server() as box:
        box.answers[step] = answer
        with pytest.raises(IntegrationError) as caught:
            await send(integration(settings_for(box.port)), world)
    assert caught.value.reason is reason
    assert answer[:3] in caught.value.detail
    assert "bea@" not in caught.value.detail


def test_replies_outside_the_table_go_by_their_first_digit() -> None:
    assert {code: reason_of_code(code) for code in REASONS} == dict(REASONS)
    assert reason_of_code(455) is Reason.SERVER
    assert reason_of_code(555) is Reason.CLIENT


async def test_a_wrong_password_is_told_as_one(world: World) -> None:
    async with mail_server(login=True) as box:
        good = settings_for(box.port, url=f"smtp://me:{PASSWORD}@127.0.0.1:{box.port}")
        assert await send(integration(good), world) == f.Done()
        bad = settings_for(box.port, url=f"smtp://me:wrong-{PASSWORD}@127.0.0.1:{box.port}")
        with pytest.raises(IntegrationError) as caught:
            await send(integration(bad), world)
    assert caught.value.reason is Reason.AUTH
    assert PASSWORD not in repr(caught.value)


async def test_over_tls_the_certificate_must_be_trusted(world: World, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    known = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(known))
    async with mail_server(tls=context) as box:
        url = f"smtps://localhost:{box.port}"
        assert await send(integration(settings_for(box.port, url=url, ca_file=str(known))), world) == f.Done()
        with pytest.raises(IntegrationError, match="not trusted"):
            await send(integration(settings_for(box.port, url=url)), world)
    assert len(box.received) == 1


class Elsewhere(EmailSettings):
    """Settings of a server that counts as one on another machine."""

    @property
    def tls(self) -> Tls:
        return Tls.STARTTLS


async def test_to_another_machine_nothing_goes_without_tls(world: World) -> None:
    assert settings_for(0, url="smtp://mail.shop.example").tls is Tls.STARTTLS
    assert settings_for(0, url="smtps://mail.shop.example").tls is Tls.FROM_THE_START
    assert settings_for(0, url="smtp://127.0.0.1").tls is Tls.NONE
    async with mail_server() as box:
        strict = Elsewhere(url=SecretStr(f"smtp://127.0.0.1:{box.port}"), sender=SENDER)
        with pytest.raises(IntegrationError, match="STARTTLS") as caught:
            await send(integration(strict), world)
    assert caught.value.reason is Reason.CLIENT
    assert box.received == []


async def test_the_doctor_greets_the_server_and_sends_nothing() -> None:
    async with mail_server() as box:
        async with integration(settings_for(box.port)).open() as performer:
            assert performer.check is not None
            (check,) = await performer.check()
        assert check.ok
        assert box.received == []
        assert Client(settings_for(box.port))


@pytest.mark.parametrize(
    ("url", "sender", "named"),
    [
        ("smtps://mail.shop.example:99999", SENDER, "SMTP_URL"),
        ("smtps://mail.shop.example:none", SENDER, "SMTP_URL"),
        ("smtp://[::1", SENDER, "SMTP_URL"),
        ("smtps://mail.shop.example", "Fire\nBcc: x@y.example <a@b.example>", "SMTP_FROM"),
        ("smtps://mail.shop.example", "a@b.example\n", "SMTP_FROM"),
        ("smtps://mail.shop.example", "x@", "SMTP_FROM"),
        ("smtps://mail.shop.example", "@shop.example", "SMTP_FROM"),
        ("smtps://mail.shop.example", "a@bücher.example", "SMTP_FROM"),
        ("http://mail.shop.example", SENDER, "SMTP_URL"),
        ("smtps://", SENDER, "SMTP_URL"),
        ("smtps://mail.shop.example", "", "SMTP_FROM"),
        ("smtps://mail.shop.example", "Firebell", "SMTP_FROM"),
    ],
)
def test_a_wrong_setting_is_named(url: str, sender: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        read(SecretStr(url), sender, "")
    assert read(None, sender, "") is None


def test_a_file_that_holds_no_certificates_is_named_at_start(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    for path in (wrong, tmp_path / "missing.pem", tmp_path):
        with pytest.raises(ConfigError, match="SMTP_CA_FILE: name a file of certificates"):
            read(SecretStr("smtps://mail.shop.example"), SENDER, str(path))
    assert read(SecretStr("smtps://mail.shop.example"), "Ünï <a@b.example>", "") is not None
