"""What libraries say about a failure may hold a secret: it is blanked before it is logged or kept."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import aiohttp
import httpx
import pytest
import structlog
from prometheus_client import generate_latest

from bot import telemetry
from bot.config.secrets import secrets_in
from bot.domain.commands import Declare
from bot.domain.model import Actor
from bot.domain.postmortem import assemble
from bot.domain.timeline import entries
from bot.errors import IntegrationError, Reason
from bot.outbox import Outbox
from bot.ports import Performer
from bot.telemetry import Metrics, redact
from templates.document import Edition, write
from tests.conftest import House
from tests.fakes import FakeChat
from tests.secrets import planted

LINES = [
    f"Cannot connect to postgresql://bell:{planted.DATABASE}@db/bell",
    f"password authentication failed ({planted.DATABASE})",
    f"GET http://reader:{planted.METRICS}@prometheus:9090/api/v1/query",
    f"<RequestInfo(headers={{'Authorization': 'Bearer {planted.BOT}'}})>",
    f"401 for {planted.APP} signed with {planted.SIGNING}",
    f"POST https://monitor.example/{planted.HEARTBEAT_PATH} failed",
    f"401 for Token token={planted.PAGER}, routing_key {planted.PAGER_ROUTING}, v1 by {planted.PAGER_WEBHOOK}",
]


@pytest.fixture(autouse=True)
def _keeping_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_secrets", ())
    database = f"postgresql://bell:{planted.DATABASE_ENCODED}@db/bell?sslpassword={planted.DATABASE}"
    telemetry.keep_secret(secrets_in({**planted.ENVIRONMENT, **planted.PAGERDUTY, "DATABASE_URL": database}))


@pytest.mark.parametrize("line", [*LINES, *planted.ALL])
def test_no_planted_secret_survives(line: str) -> None:
    if line != planted.API:  # such an address is refused before anything is kept
        assert planted.leaks(redact(line)) == []


@pytest.fixture
def _logging_put_back() -> Iterator[None]:
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


@pytest.mark.usefixtures("_logging_put_back")
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_log_line_tells_a_secret_whatever_it_carries(capsys: pytest.CaptureFixture[str], form: str) -> None:
    telemetry.configure_logging("debug", form)
    log = structlog.get_logger()
    for line in LINES:
        log.debug(line, where={"headers": [line, (line,)]}, error=RuntimeError(line), url=httpx.URL("http://x/"))
        try:
            raise aiohttp.ClientError(line)
        except aiohttp.ClientError:
            log.exception("failed")
            logging.getLogger("sqlalchemy").exception("it said %s", line)
    said = capsys.readouterr().err
    assert said.count("failed") >= len(LINES)
    assert planted.leaks(said) == []


async def test_a_given_up_effect_keeps_no_secret_anywhere(house: House) -> None:
    accepted = await house.service.execute(Declare("Checkout fails", "sev1"), Actor("UANA"), "r1")
    chat = FakeChat(failures={"OpenRoom": [IntegrationError(Reason.CLIENT, line) for line in LINES]})
    metrics = Metrics()
    performers: dict[str, Performer] = {"chat": chat.performer()}
    outbox = Outbox(house.ledger, house.queries, house.service, performers, policy=house.policy, clock=house.clock)
    await outbox.work_off()
    incident = await house.check(accepted.incident.id)
    assert incident.failures, "the failure is in the log"
    log = await house.queries.log(incident.id)
    exported = [line async for line in house.audit.export(incident.id)]
    written = write(Edition(assemble(log, house.policy), 1))
    kept = [
        repr(incident),
        repr(log),
        repr(entries(log, house.policy)),
        *exported,
        written.html,
        written.markdown,
        generate_latest(metrics.registry).decode(),
    ]
    assert planted.leaks("\n".join(kept)) == []
    assert json.dumps(exported).count(telemetry.REDACTED) >= 1


def test_what_is_no_secret_is_left_alone() -> None:
    assert secrets_in({"DATABASE_URL": "postgresql://firebell:firebell@db/firebell"}) == ()
    assert secrets_in({"DATABASE_URL": "postgresql://bell:short@db/bell"}) == ()
    assert secrets_in({"DATABASE_URL": "sqlite:///firebell.db", "PROMETHEUS_URL": "http://prometheus:9090"}) == ()
    assert redact("see https://example.org/a?b=c and ask bea@example.org") == (
        "see https://example.org/a?b=c and ask bea@example.org"
    )
    assert redact("postgresql://firebell:short@db/x") == f"postgresql://{telemetry.REDACTED}@db/x"
