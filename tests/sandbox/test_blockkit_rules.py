"""What the Block Kit validator refuses beside sizes: shapes, types, surfaces, repeats."""

from __future__ import annotations

from typing import Any

import pytest
from slackblocks import _limits, _surfaces

from sandbox.blockkit import Problem, validate_message, validate_view
from sandbox.blockkit.blocks import NOT_SERVED, SURFACES
from tests.sandbox.kit import (
    JSON,
    actions,
    button,
    entry,
    home,
    image,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    rich,
    section,
    select,
    text_input,
    words,
)

WRONG_BLOCKS: list[tuple[str, Any, str, str]] = [
    ("a block that is no object", "x", "wrong_type", "/blocks/0"),
    ("a block without a type", {}, "missing_field", "/blocks/0"),
    ("an unknown block", {"type": "sectoin"}, "unknown_type", "/blocks/0/type"),
    ("a section without words", {"type": "section"}, "missing_field", "/blocks/0"),
    ("an empty text", section(text=mrkdwn("")), "too_short", "/blocks/0/text/text"),
    ("emoji on mrkdwn", section(text={**mrkdwn(), "emoji": True}), "unknown_field", "/blocks/0/text"),
    ("a field of no block", section(colour="red"), "unknown_field", "/blocks/0"),
    ("a null field", section(accessory=None), "wrong_type", "/blocks/0/accessory"),
    ("mrkdwn in a header", {"type": "header", "text": mrkdwn()}, "not_allowed", "/blocks/0/text/type"),
    ("mrkdwn on a button", actions(button(text=mrkdwn())), "not_allowed", "/blocks/0/elements/0/text/type"),
    ("no elements", actions(), "too_few", "/blocks/0/elements"),
    ("a purple button", actions(button(style="purple")), "not_a_choice", "/blocks/0/elements/0/style"),
    ("a text input among actions", actions(text_input()), "unknown_type", "/blocks/0/elements/0/type"),
    ("a button in a context", {"type": "context", "elements": [button()]}, "unknown_type", "/blocks/0/elements/0/type"),
    ("a relative image", image(image_url="/a.png"), "wrong_form", "/blocks/0/image_url"),
    ("two sources of an image", image(slack_file={"id": "F1"}), "conflicting_fields", "/blocks/0"),
    ("no options", actions({"type": "static_select"}), "missing_field", "/blocks/0/elements/0"),
    (
        "options twice",
        actions(select(option_groups=[{"label": plain(), "options": options(1)}])),
        "conflicting_fields",
        "/blocks/0/elements/0",
    ),
    (
        "a preselected stranger",
        actions(select(initial_option=option(7))),
        "not_an_option",
        "/blocks/0/elements/0",
    ),
    (
        "an impossible time",
        actions({"type": "timepicker", "initial_time": "24:00"}),
        "wrong_form",
        "/blocks/0/elements/0/initial_time",
    ),
    ("an unknown list style", rich({"type": "rich_text_list", "style": "stars", "elements": [
        {"type": "rich_text_section", "elements": []}]}), "not_a_choice", "/blocks/0/elements/0/style"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("block", "code", "pointer"), [row[1:] for row in WRONG_BLOCKS], ids=[row[0] for row in WRONG_BLOCKS]
)
def test_a_wrong_block_is_refused_where_it_is_wrong(block: Any, code: str, pointer: str) -> None:
    problems = validate_message("", [block])
    assert [(problem.code, problem.pointer) for problem in problems] == [(code, pointer)]
    assert str(problems[0]).endswith(f"[json-pointer:{pointer}]")


def test_all_problems_are_told_at_once() -> None:
    blocks = [section(text=mrkdwn("")), {"type": "nothing"}, actions()]
    assert [p.pointer for p in validate_message("", blocks)] == [
        "/blocks/0/text/text",
        "/blocks/1/type",
        "/blocks/2/elements",
    ]


@pytest.mark.parametrize("blocks", ["x", {"type": "section"}, 3])
def test_blocks_that_are_no_list_are_refused(blocks: Any) -> None:
    assert validate_message("", blocks) == [Problem("wrong_type", "/blocks", "must be an array")]


@pytest.mark.parametrize("view", ["x", None, [], {}, {"type": "window"}])
def test_a_view_that_is_none_is_refused(view: Any) -> None:
    assert len(validate_view(view)) == 1


MINIMAL: dict[str, JSON] = {
    "actions": actions(button()),
    "alert": {"type": "alert", "text": plain()},
    "context": {"type": "context", "elements": [mrkdwn(), image()]},
    "context_actions": {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}],
    },
    "divider": {"type": "divider"},
    "file": {"type": "file", "external_id": "F", "source": "remote"},
    "header": {"type": "header", "text": plain()},
    "image": image(),
    "input": entry(text_input()),
    "markdown": {"type": "markdown", "text": "**x**"},
    "rich_text": rich({"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}),
    "section": section(),
    "table": {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]},
    "video": {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "thumbnail_url": "https://e.io/t",
        "video_url": "https://e.io/v",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SURFACES))
def test_a_block_stands_only_where_slack_lets_it(name: str) -> None:
    served = {
        "message": validate_message("", [MINIMAL[name]]) == [],
        "modal": validate_view(modal(MINIMAL[name])) == [],
        "home": validate_view(home(MINIMAL[name])) == [],
    }
    expected = {
        surface: name in _surfaces._BLOCK_TYPES_BY_SURFACE[surface] for surface in _surfaces._BLOCK_TYPES_BY_SURFACE
    }
    assert served == expected


def test_every_block_slack_has_is_either_served_or_named_as_not_served() -> None:
    known = frozenset().union(*_surfaces._BLOCK_TYPES_BY_SURFACE.values())
    assert known <= set(SURFACES) | set(NOT_SERVED)
    problems = validate_message("", [{"type": "carousel"}])
    assert [(p.code, p.message) for p in problems] == [
        ("not_allowed", "carousel is a block that the local Slack does not serve")
    ]


def test_block_ids_are_unique_in_a_message() -> None:
    blocks = [section(block_id="a"), section(block_id="b"), section(block_id="a")]
    assert [(p.code, p.pointer) for p in validate_message("", blocks)] == [("duplicate_block_id", "/blocks/2/block_id")]
    assert [p.code for p in validate_view(modal(*blocks))] == ["duplicate_block_id"]


def test_action_ids_are_unique_in_a_block_and_free_across_blocks() -> None:
    row = actions(button(action_id="a"), button(action_id="b"))
    assert validate_message("", [row, row]) == []
    twice = actions(button(action_id="a"), button(action_id="a"))
    assert [(p.code, p.pointer) for p in validate_message("", [twice])] == [
        ("duplicate_action_id", "/blocks/0/elements/1/action_id")
    ]


def test_one_message_shows_one_table() -> None:
    assert [p.code for p in validate_message("", [MINIMAL["table"]] * 2)] == ["only_one_table_allowed"]


def test_a_form_with_inputs_needs_a_submit_button() -> None:
    view = modal(entry(text_input()))
    del view["submit"]
    assert [(p.code, p.pointer) for p in validate_view(view)] == [("submit_required", "/view")]
    view["blocks"] = [section()]
    assert validate_view(view) == []


def test_one_element_takes_the_focus() -> None:
    focused = entry(text_input(focus_on_load=True))
    assert validate_view(modal(focused)) == []
    assert [p.code for p in validate_view(modal(focused, focused))] == ["too_many_focused"]


def test_a_home_tab_has_no_title() -> None:
    assert [p.code for p in validate_view({**home(), "title": plain()})] == ["unknown_field"]


def test_lengths_of_an_input_are_in_order() -> None:
    assert validate_view(modal(entry(text_input(min_length=2, max_length=2)))) == []
    assert [p.code for p in validate_view(modal(entry(text_input(min_length=3, max_length=2))))] == ["out_of_range"]


def test_a_place_with_a_slash_in_its_name_is_escaped() -> None:
    problems = validate_message("", [section(text={"type": "mrkdwn", "text": "x", "a/b~c": 1})])
    assert problems == [Problem("unknown_field", "/blocks/0/text", "invalid additional property: a/b~c")]


@pytest.mark.parametrize(
    "element",
    [
        {
            "type": "checkboxes",
            "options": [option(text=mrkdwn("*x*"))],
            "initial_options": [option(text=mrkdwn("*x*"))],
        },
        {"type": "radio_buttons", "options": options(2), "initial_option": option(1)},
        {"type": "datepicker", "initial_date": "2026-11-21"},
        {"type": "timepicker", "initial_time": "09:30", "timezone": "Europe/Madrid"},
        {"type": "datetimepicker", "initial_date_time": 1_795_000_000},
        {"type": "users_select", "initial_user": "U1"},
        {"type": "conversations_select", "default_to_current_conversation": True, "filter": {"include": ["public"]}},
        {"type": "channels_select", "response_url_enabled": True},
        {"type": "external_select", "min_query_length": 0},
        {"type": "multi_static_select", "options": options(3), "initial_options": options(2), "max_selected_items": 2},
        {"type": "multi_users_select", "initial_users": ["U1"]},
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"},
        {"type": "url_text_input"},
        {"type": "email_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}},
        {"type": "rich_text_input", "initial_value": rich({"type": "rich_text_section", "elements": []})},
        {"type": "file_input", "filetypes": ["png"], "max_files": 2},
    ],
    ids=lambda element: str(element["type"]),
)
def test_every_kind_of_input_passes(element: JSON) -> None:
    assert validate_view(modal(entry(element))) == []


def test_a_message_has_at_most_fifty_blocks() -> None:
    assert _limits.MESSAGE_BLOCKS_MAX_ITEMS == 50
    assert validate_message("", [{"type": "divider"}] * 50) == []
    assert [p.pointer for p in validate_message("", [{"type": "divider"}] * 51)] == ["/blocks"]


def test_the_words_of_a_message_have_a_common_limit() -> None:
    blocks = [section(text=words(3000)) for _ in range(4)]
    assert validate_message("", [*blocks, section(text=words(1200))]) == []
    assert [p.code for p in validate_message("", [*blocks, section(text=words(1201))])] == ["msg_blocks_too_long"]


def test_markdown_blocks_share_their_limit() -> None:
    def halves(second: int) -> list[JSON]:
        return [{"type": "markdown", "text": "m" * 6000}, {"type": "markdown", "text": "m" * second}]

    assert _limits.MARKDOWN_TOTAL_TEXT_MAX_LENGTH == 12_000
    assert validate_message("", halves(6000)) == []
    assert [p.code for p in validate_message("", halves(6001))] == ["too_long"]


def test_the_text_of_a_message_ends_at_forty_thousand() -> None:
    assert validate_message("x" * 40_000, None) == []
    assert [p.code for p in validate_message("x" * 40_001, None)] == ["msg_too_long"]


def test_a_view_weighs_at_most_250_kilobytes() -> None:
    heavy = modal(*[section(text=words(3000)) for _ in range(81)])
    assert validate_view(heavy) == []
    heavy["blocks"] += [section(text=words(3000)) for _ in range(2)]
    assert [p.code for p in validate_view(heavy)] == ["view_too_large"]
