"""A short campaign on every run, the same each time; `make fuzz` runs a long one."""

from __future__ import annotations

import pytest

from tests.fuzz.campaign import campaign
from tests.fuzz.inspection import flaws_of_page
from tests.fuzz.watch import flaws_of_answer, flaws_of_call, flaws_of_message

INPUTS = 2_000


@pytest.mark.slow
def test_two_thousand_generated_inputs_break_nothing() -> None:
    report = campaign(INPUTS, 1)
    assert report.inputs >= INPUTS
    assert report.findings.counts == {}, report.findings.first
    answered = sum(times for status, times in report.statuses.items() if status.endswith(" 200"))
    assert answered > INPUTS / 2, "most inputs get past the door"
    assert report.rows["events"] > 200


@pytest.mark.parametrize(
    "page",
    [
        "<p><script>x</script>",
        "<p onclick=x>",
        '<a href="javascript:x">',
        '<img src="https://a.example/p.png">',
        '<iframe srcdoc="x">',
        '<p style="x">',
        '<meta http-equiv="refresh">',
    ],
)
def test_a_page_with_something_foreign_in_it_is_seen(page: str) -> None:
    assert list(flaws_of_page(page))


@pytest.mark.parametrize("text", ["<!channel>", "<@U0GHOST999>", "<!subteam^S1>", "<https://a.example|safe>", "<!x>"])
def test_a_live_token_is_seen(text: str) -> None:
    assert list(flaws_of_message(text, None))


def test_insides_limits_and_names_that_lead_elsewhere_are_seen() -> None:
    assert list(flaws_of_answer('{"text": "OperationalError: database is locked"}'))
    assert list(flaws_of_answer('{"response_action": "errors", "errors": {"title": ""}}'))
    assert list(flaws_of_message("x", [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]))
    assert list(flaws_of_call("files.getUploadURLExternal", {"filename": "../x.md"}, None))
    assert list(flaws_of_call("chat.postMessage", {"text": "x"}, "invalid_blocks"))
