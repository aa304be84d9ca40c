"""`firebell redact` as somebody types it: a preview, a question, and what is left."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import data
from bot.cli import EXIT_FAILED, EXIT_OK, EXIT_USAGE, main
from bot.clock import SystemClock
from bot.config import Environment, Settings, load
from bot.domain import commands as c
from bot.domain.model import Actor
from bot.domain.subscriptions import Kind, Subscription
from bot.opening import CORE, open_store
from bot.relating import Relating
from bot.service import Service
from templates.wording import use_folder
from tests.fakes import numbered

ANA, SAM = Actor("U0ANA"), Actor("U0SAM")
DECIDED = ["--by", "U0BEA", "--reason", "asked for it"]


async def fill(settings: Settings) -> None:
    """INC-1 is cancelled, INC-2 is open; Ana wrote in both and leads both."""
    ids = numbered("inc")
    async with open_store(settings, SystemClock()) as ledger:
        service = Service(
            ledger, CORE, clock=SystemClock(), policy=settings.policy, new_id=lambda: next(ids), workspace="default"
        )
        for number in (1, 2):
            await service.execute(c.Declare(f"Checkout {number}"), SAM, f"d{number}")
            story: tuple[c.Command, ...] = (
                c.AddNote("I live in Elm Street"),
                c.AssignRole("commander", "U0ANA", replace=True),
            )
            for n, command in enumerate(story):
                await service.execute(command, ANA, f"{n} {number}", incident_id=f"inc{number}")
        await service.execute(c.Cancel("a test"), SAM, "c1", incident_id="inc1")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for field in Environment.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    url = f"sqlite:///{tmp_path / 'firebell.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    made = load({"DATABASE_URL": url})
    asyncio.run(fill(made))
    yield made
    use_folder(None)


def log(settings: Settings, number: int) -> str:
    """What the log of an incident says, without who acted."""

    async def read() -> str:
        lines = [json.loads(line) async for line in data.export(settings, SystemClock(), number)]
        return "\n".join(f"{line['seq']} {line['data']}" for line in lines)

    return asyncio.run(read())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_preview_names_the_events_and_changes_nothing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    before = log(settings, 1)
    assert main(["redact", "--user", "U0ANA", *DECIDED, "--dry-run"]) == EXIT_OK
    said = capsys.readouterr().out
    assert "INC-1: events" in said
    assert "the name stays until the incident is closed" in said.split("INC-2")[1]
    assert log(settings, 1) == before


def test_a_person_goes_by_name_where_it_is_over_and_by_text_everywhere(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["redact", "--user", "U0ANA", *DECIDED, "--yes"]) == EXIT_OK
    over, still_open = log(settings, 1), log(settings, 2)
    assert "Elm Street" not in over + still_open
    assert ("U0ANA" in over, "U0ANA" in still_open) == (False, True)
    assert "person-" in over
    assert main(["verify"]) == EXIT_OK
    assert main(["redact", "--user", "U0ANA", "--incident", "1", *DECIDED, "--yes"]) == EXIT_USAGE
    assert "Nothing changed" in capsys.readouterr().err


def test_a_persons_subscriptions_go_with_them(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    async def subscribe() -> None:
        async with open_store(settings, SystemClock()) as ledger, ledger.transaction(seconds=30) as unit:
            await unit.subscriptions.put(Subscription("U0EVE", Kind.EVERYTHING), SystemClock().now())
            await unit.commit()

    asyncio.run(subscribe())
    assert main(["redact", "--user", "U0EVE", *DECIDED, "--dry-run"]) == EXIT_OK
    assert main(["redact", "--user", "U0EVE", *DECIDED, "--yes"]) == EXIT_OK
    assert "1 subscriptions are gone" in capsys.readouterr().out
    assert main(["redact", "--user", "U0EVE", *DECIDED, "--yes"]) == EXIT_USAGE
    assert main(["verify"]) == EXIT_OK


def test_a_whole_incident_can_lose_its_text(settings: Settings) -> None:
    assert main(["redact", "--incident", "1", *DECIDED, "--yes"]) == EXIT_OK
    assert "Checkout 1" not in log(settings, 1)
    assert "Checkout 2" in log(settings, 2)
    assert main(["verify"]) == EXIT_OK


@pytest.mark.parametrize(("answer", "status"), [("yes\n", EXIT_OK), ("y\n", EXIT_FAILED), ("\n", EXIT_FAILED)])
def test_on_a_terminal_it_asks(settings: Settings, monkeypatch: pytest.MonkeyPatch, answer: str, status: int) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert main(["redact", "--incident", "1", *DECIDED]) == status
    assert ("Elm Street" in log(settings, 1)) == (status == EXIT_FAILED)


def test_without_a_terminal_it_wants_to_be_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert main(["redact", "--incident", "1", *DECIDED]) == EXIT_USAGE
    assert "--yes" in capsys.readouterr().err
    assert "Elm Street" in log(settings, 1)


@pytest.mark.parametrize(
    "words", [["--user", "ana"], [], ["--event", "3"], ["--user", "U0ANA", "--incident", "1", "--event", "3"]]
)
def test_what_makes_no_sense_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["redact", *words, *DECIDED, "--yes"]) == EXIT_USAGE
    assert "--" in capsys.readouterr().err


def test_one_command_takes_the_reason_of_a_merge_out_of_both_logs(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async def merge() -> None:
        ids = numbered("late")
        async with open_store(settings, SystemClock()) as ledger:
            service = Service(
                ledger,
                CORE,
                clock=SystemClock(),
                policy=settings.policy,
                new_id=lambda: next(ids),
                workspace="default",
            )
            await service.execute(c.Declare("Carts are empty"), SAM, "d3")
            await Relating(service).merge("late1", "inc2", "Elm Street again", SAM, "m1")

    asyncio.run(merge())
    seq = next(line.split()[0] for line in log(settings, 3).splitlines() if "Elm Street again" in line)
    assert main(["redact", "--incident", "3", "--event", seq, "--yes", *DECIDED]) == EXIT_OK
    told = capsys.readouterr().out
    assert "INC-3: events" in told
    assert "INC-2: events" in told
    assert "Elm Street again" not in log(settings, 3) + log(settings, 2)
    assert main(["verify"]) == EXIT_OK
