"""What stands on the page: each text once, whatever happens to the answers."""

from __future__ import annotations

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.publishing import PublicStatus
from bot.errors import IntegrationError, Reason
from tests.integrations.statuspage.kit import Desk, desk

CREATE, UPDATE = "POST /incidents", "PATCH /incidents"


async def test_an_episode_is_one_incident_of_the_page_from_the_first_words_to_the_last() -> None:
    async with desk() as made:
        first = await made.perform(made.confirm("We are looking into it."))
        await made.perform(made.confirm("We have found it.", PublicStatus.IDENTIFIED))
        await made.perform(made.confirm("It is over.", PublicStatus.RESOLVED))

        assert first == f.PostFacts("i00001", "https://stspg.example/i00001")
        assert made.page.updates() == [
            ("Checkout fails", "investigating", "We are looking into it."),
            ("Checkout fails", "identified", "We have found it."),
            ("Checkout fails", "resolved", "It is over."),
        ]
        assert made.page.states() == {"c0checkout": "major_outage", "c0payments": "operational"}


async def test_what_happens_again_after_the_end_is_a_new_incident_of_the_page() -> None:
    async with desk() as made:
        await made.perform(made.confirm("It is over.", PublicStatus.RESOLVED))
        await made.perform(made.confirm("It is back."))

        assert [one["status"] for one in made.page.incidents] == ["resolved", "investigating"]


async def test_nothing_of_ours_beside_the_words_is_told() -> None:
    async with desk() as made:
        await made.perform(made.confirm("We are looking into it."))

        (incident,) = made.page.incidents
        assert incident["metadata"] == {"firebell": {"key": "01-1", "post": "1"}}
        assert "42" not in str(incident)


@pytest.mark.parametrize("first", [True, False])
async def test_a_lost_answer_is_found_again_and_makes_no_second_text(first: bool) -> None:
    async with desk() as made:
        if not first:
            await made.perform(made.confirm("We are looking into it."))
        made.page.trouble = {CREATE: ["lost"], UPDATE: ["lost"]}
        effect = made.confirm("We have found it.", PublicStatus.IDENTIFIED)
        assert await reason_of(made, effect) is Reason.UNKNOWN_OUTCOME

        found = await made.find(effect)

        assert found == f.PostFacts("i00001", "https://stspg.example/i00001")
        assert len(made.page.updates()) == (1 if first else 2)


@pytest.mark.parametrize("first", [True, False])
async def test_what_did_not_get_through_is_not_found(first: bool) -> None:
    async with desk() as made:
        if not first:
            await made.perform(made.confirm("We are looking into it."))
        made.page.trouble = {CREATE: [503], UPDATE: [503]}
        effect = made.confirm("We have found it.", PublicStatus.IDENTIFIED)
        assert await reason_of(made, effect) is Reason.SERVER

        assert await made.find(effect) is None

        await made.perform(effect)
        assert made.page.updates()[-1] == ("Checkout fails", "identified", "We have found it.")


async def test_an_old_failure_that_is_tried_again_never_stands_after_newer_words() -> None:
    async with desk() as made:
        old = made.confirm("We are looking into it.")
        made.world.do(c.RecordFailure("e1", old, "auth", "The key was wrong."))
        await made.perform(made.confirm("We have found it.", PublicStatus.IDENTIFIED))

        assert await made.perform(old) == f.PostFacts(overtaken=True)
        assert [text for _, _, text in made.page.updates()] == ["We have found it."]


async def test_what_a_post_left_whose_answer_stayed_lost_is_gone_on_with() -> None:
    async with desk() as made:
        made.page.trouble = {CREATE: ["lost"]}
        first = made.confirm("We are looking into it.")
        assert await reason_of(made, first) is Reason.UNKNOWN_OUTCOME
        made.world.do(c.RecordFailure("e1", first, "unknown_outcome", "No answer came."))

        await made.perform(made.confirm("We have found it.", PublicStatus.IDENTIFIED))
        await made.perform(made.confirm("It is over.", PublicStatus.RESOLVED))

        assert [(one["id"], one["status"]) for one in made.page.incidents] == [("i00001", "resolved")]


async def test_an_end_that_failed_leaves_the_incident_to_the_next_words() -> None:
    async with desk() as made:
        await made.perform(made.confirm("We are looking into it."))
        end = made.confirm("It is over.", PublicStatus.RESOLVED)
        made.world.do(c.RecordFailure("e2", end, "client", "The page refused."))
        await made.perform(made.confirm("It goes on."))

        assert [(one["id"], one["status"]) for one in made.page.incidents] == [("i00001", "investigating")]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.AUTH),
        (403, Reason.AUTH),
        (404, Reason.CLIENT),
        (420, Reason.RATE_LIMITED),
        (422, Reason.CLIENT),
        (429, Reason.RATE_LIMITED),
        (500, Reason.SERVER),
    ],
)
async def test_each_refusal_is_told_by_the_one_table(status: int, reason: Reason) -> None:
    async with desk() as made:
        made.page.trouble = {CREATE: [status]}
        made.page.retry_after = "7"
        with pytest.raises(IntegrationError) as refused:
            await made.perform(made.confirm("We are looking into it."))

        assert refused.value.reason is reason
        assert refused.value.retry_after == (7.0 if reason is Reason.RATE_LIMITED else None)


async def test_a_limit_that_names_no_time_is_waited_out_for_a_while() -> None:
    async with desk() as made:
        made.page.trouble = {CREATE: [420]}
        made.page.retry_after = ""
        with pytest.raises(IntegrationError) as refused:
            await made.perform(made.confirm("We are looking into it."))

        assert refused.value.retry_after == 15.0


async def test_each_call_waits_its_turn() -> None:
    async with desk() as made:
        effect = made.confirm("We are looking into it.")
        await made.perform(effect)
        await made.find(effect)

        assert made.paper.paced == [("statuspage", (1.0, 5))] * 2


async def test_the_doctor_looks_at_the_page_and_each_component() -> None:
    async with desk(components={"checkout": "c0checkout", "search": "c0gone"}) as made:
        assert made.performer.check is not None
        page, checkout, search = await made.performer.check()

        assert (page.ok, page.detail) == (True, "Larkspur: 2 components")
        assert (checkout.ok, checkout.detail) == (True, "Shop checkout (status_page.services.checkout.component)")
        assert (search.ok, "status_page.services.search.component" in search.mend) == (False, True)
        assert {call.partition(" ")[0] for call in made.page.calls} == {"GET"}


async def test_a_group_takes_no_state() -> None:
    async with desk() as made:
        made.page.components["c0checkout"]["group"] = True
        assert made.performer.check is not None
        _, checkout = await made.performer.check()
        assert not checkout.ok


@pytest.mark.parametrize("more", [{"key": "wrong"}, {"page": "other"}])
async def test_a_wrong_key_or_page_is_one_line_of_the_doctor(more: dict[str, str]) -> None:
    async with desk(**more) as made:
        assert made.performer.check is not None
        (check,) = await made.performer.check()
        assert (check.ok, "STATUSPAGE_API_KEY" in check.mend) == (False, True)


async def reason_of(made: Desk, effect: f.Effect) -> Reason:
    with pytest.raises(IntegrationError) as refused:
        await made.perform(effect)
    return refused.value.reason
