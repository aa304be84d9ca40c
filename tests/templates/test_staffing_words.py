"""What a proposal says of those who lead: who stays, whom it replaces, and when nobody is taken off anything."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.availability import Whereabouts, Word
from bot.domain.policy import PersonPolicy
from templates import answers as a
from templates import sample_data as data
from templates import sample_ranks as fires
from templates.sample_staffing import POLICY, led, look
from tests.templates.reading import mrkdwn

OFF = Word(data.ANA, Whereabouts.OFF, data.at("08:00"), data.at("03:05"))


def said(*people: PersonPolicy, two: bool = False, words: dict[str, Word] | None = None) -> str:
    crew = replace(POLICY, people=people)
    burning = [led(fires.quality(), data.ANA, "02:05"), *([led(fires.training(), data.ANA, "02:30")] if two else [])]
    return " ".join(mrkdwn(a.staffing_proposed(look(*burning, policy=crew, words=words or {}), crew, amounts="shown")))


def test_whoever_leads_stays_in_command_though_they_said_that_they_are_off() -> None:
    told = said(PersonPolicy(data.ANA), PersonPolicy(data.SAM), words={data.ANA: OFF})
    assert f"<@{data.ANA}> stays in command" in told
    assert "nobody is taken off an incident" in told


def test_a_change_of_command_is_named_as_one_though_nobody_goes_elsewhere() -> None:
    told = said(PersonPolicy(data.ANA), PersonPolicy(data.BEA), two=True)
    assert f"<@{data.BEA}> leads in place of <@{data.ANA}>" in told
    assert f"*Who hands over command* INC-42 from <@{data.ANA}> to <@{data.BEA}>" in told
    assert "nobody is taken off" not in told


def test_the_price_of_keeping_everyone_is_always_told() -> None:
    alone = said(PersonPolicy(data.ANA), PersonPolicy(data.SAM))
    handed_over = said(PersonPolicy(data.ANA), PersonPolicy(data.BEA), two=True)
    assert "*Keep everyone* is the proposal: nobody is taken off an incident. It costs about" in alone
    assert "*The proposal* costs about" in handed_over
    assert "*Keep everyone* costs about" in handed_over
