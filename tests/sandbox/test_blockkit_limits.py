"""The Block Kit validator under, at and over every limit, with slackblocks' own list as the second opinion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from slackblocks import _limits as oracle

from sandbox.blockkit import Problem, validate_message, validate_view
from tests.sandbox.kit import (
    JSON,
    actions,
    button,
    cells,
    confirm,
    entry,
    feedback,
    home,
    icon_button,
    image,
    modal,
    option,
    options,
    plain,
    rich_list,
    section,
    select,
    text_input,
    video,
    web,
    words,
)

Make = Callable[[int], JSON]


@dataclass(frozen=True)
class Limit:
    """A place, the payload with ``n`` of whatever is counted there, and the documented and the oracle's number."""

    name: str
    make: Make
    maximum: int
    second_opinion: int
    pointer: str


def on_message(name: str, make: Make, maximum: int, second_opinion: int, pointer: str) -> tuple[str, Limit]:
    return "message", Limit(name, make, maximum, second_opinion, "/blocks/0" + pointer)


def on_view(name: str, make: Make, maximum: int, second_opinion: int, pointer: str) -> tuple[str, Limit]:
    return "view", Limit(name, make, maximum, second_opinion, "/view" + pointer)


LIMITS = [
    on_message("section text", lambda n: section(text=words(n)), 3000, oracle.SECTION_TEXT_MAX_LENGTH, "/text/text"),
    on_message(
        "section field",
        lambda n: section(fields=[words(n)]),
        2000,
        oracle.SECTION_FIELDS_ITEM_MAX_LENGTH,
        "/fields/0/text",
    ),
    on_message(
        "section fields", lambda n: section(fields=[plain()] * n), 10, oracle.SECTION_FIELDS_MAX_ITEMS, "/fields"
    ),
    on_message(
        "header",
        lambda n: {"type": "header", "text": words(n)},
        150,
        oracle.HEADER_TEXT_MAX_LENGTH,
        "/text/text",
    ),
    on_message(
        "context elements",
        lambda n: {"type": "context", "elements": [plain()] * n},
        10,
        oracle.CONTEXT_ELEMENTS_MAX_ITEMS,
        "/elements",
    ),
    on_message(
        "actions elements", lambda n: actions(*[button()] * n), 25, oracle.ACTIONS_ELEMENTS_MAX_ITEMS, "/elements"
    ),
    on_message("block_id", lambda n: section(block_id="b" * n), 255, oracle.BLOCK_ID_MAX_LENGTH, "/block_id"),
    on_message(
        "action_id",
        lambda n: actions(button(action_id="a" * n)),
        255,
        oracle.ACTION_ID_MAX_LENGTH,
        "/elements/0/action_id",
    ),
    on_message(
        "button text",
        lambda n: actions(button(text=words(n))),
        75,
        oracle.BUTTON_TEXT_MAX_LENGTH,
        "/elements/0/text/text",
    ),
    on_message(
        "button value",
        lambda n: actions(button(value="v" * n)),
        2000,
        oracle.BUTTON_VALUE_MAX_LENGTH,
        "/elements/0/value",
    ),
    on_message(
        "button url", lambda n: actions(button(url=web(n))), 3000, oracle.BUTTON_URL_MAX_LENGTH, "/elements/0/url"
    ),
    on_message(
        "button accessibility label",
        lambda n: actions(button(accessibility_label="a" * n)),
        75,
        oracle.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH,
        "/elements/0/accessibility_label",
    ),
    on_message(
        "button agent prompt",
        lambda n: actions(button(agent_prompt="a" * n)),
        4000,
        oracle.BUTTON_AGENT_PROMPT_MAX_LENGTH,
        "/elements/0/agent_prompt",
    ),
    on_message(
        "confirm title",
        lambda n: actions(button(confirm=confirm(title=words(n)))),
        100,
        oracle.CONFIRMATION_TITLE_MAX_LENGTH,
        "/elements/0/confirm/title/text",
    ),
    on_message(
        "confirm text",
        lambda n: actions(button(confirm=confirm(text=words(n)))),
        300,
        oracle.CONFIRMATION_TEXT_MAX_LENGTH,
        "/elements/0/confirm/text/text",
    ),
    on_message(
        "confirm button",
        lambda n: actions(button(confirm=confirm(confirm=words(n)))),
        30,
        oracle.CONFIRMATION_CONFIRM_MAX_LENGTH,
        "/elements/0/confirm/confirm/text",
    ),
    on_message(
        "deny button",
        lambda n: actions(button(confirm=confirm(deny=words(n)))),
        30,
        oracle.CONFIRMATION_DENY_MAX_LENGTH,
        "/elements/0/confirm/deny/text",
    ),
    on_message(
        "option text",
        lambda n: actions(select(options=[option(text=words(n))])),
        75,
        oracle.OPTION_TEXT_MAX_LENGTH,
        "/elements/0/options/0/text/text",
    ),
    on_message(
        "option value",
        lambda n: actions(select(options=[option(value="v" * n)])),
        150,
        oracle.OPTION_VALUE_MAX_LENGTH,
        "/elements/0/options/0/value",
    ),
    on_message(
        "option description",
        lambda n: actions(select(options=[option(description=words(n))])),
        75,
        oracle.OPTION_DESCRIPTION_MAX_LENGTH,
        "/elements/0/options/0/description/text",
    ),
    on_message(
        "options of a select",
        lambda n: actions(select(options=options(n))),
        100,
        oracle.SELECT_OPTIONS_MAX_ITEMS,
        "/elements/0/options",
    ),
    on_message(
        "option groups",
        lambda n: actions({"type": "static_select", "option_groups": [{"label": plain(), "options": options(1)}] * n}),
        100,
        oracle.SELECT_OPTION_GROUPS_MAX_ITEMS,
        "/elements/0/option_groups",
    ),
    on_message(
        "option group label",
        lambda n: actions({"type": "static_select", "option_groups": [{"label": words(n), "options": options(1)}]}),
        75,
        oracle.OPTION_GROUP_LABEL_MAX_LENGTH,
        "/elements/0/option_groups/0/label/text",
    ),
    on_message(
        "options of a group",
        lambda n: actions({"type": "static_select", "option_groups": [{"label": plain(), "options": options(n)}]}),
        100,
        oracle.OPTION_GROUP_OPTIONS_MAX_ITEMS,
        "/elements/0/option_groups/0/options",
    ),
    on_message(
        "select placeholder",
        lambda n: actions(select(placeholder=words(n))),
        150,
        oracle.SELECT_PLACEHOLDER_MAX_LENGTH,
        "/elements/0/placeholder/text",
    ),
    on_message(
        "overflow options",
        lambda n: section(accessory={"type": "overflow", "options": options(n)}),
        5,
        oracle.OVERFLOW_OPTIONS_MAX_ITEMS,
        "/accessory/options",
    ),
    on_message(
        "checkboxes",
        lambda n: actions({"type": "checkboxes", "options": options(n)}),
        10,
        oracle.CHECKBOXES_OPTIONS_MAX_ITEMS,
        "/elements/0/options",
    ),
    on_message(
        "radio buttons",
        lambda n: actions({"type": "radio_buttons", "options": options(n)}),
        10,
        oracle.RADIO_BUTTONS_OPTIONS_MAX_ITEMS,
        "/elements/0/options",
    ),
    on_message("image url", lambda n: image(image_url=web(n)), 3000, oracle.IMAGE_IMAGE_URL_MAX_LENGTH, "/image_url"),
    on_message("image alt", lambda n: image(alt_text="a" * n), 2000, oracle.IMAGE_ALT_TEXT_MAX_LENGTH, "/alt_text"),
    on_message("image title", lambda n: image(title=words(n)), 2000, oracle.IMAGE_TITLE_MAX_LENGTH, "/title/text"),
    on_message(
        "markdown", lambda n: {"type": "markdown", "text": "m" * n}, 12_000, oracle.MARKDOWN_TEXT_MAX_LENGTH, "/text"
    ),
    on_message(
        "table rows", lambda n: {"type": "table", "rows": cells(n, 1)}, 100, oracle.TABLE_ROWS_MAX_ITEMS, "/rows"
    ),
    on_message(
        "table columns",
        lambda n: {"type": "table", "rows": cells(1, n)},
        20,
        oracle.TABLE_COLUMNS_MAX_ITEMS,
        "/rows/0",
    ),
    on_message(
        "table column settings",
        lambda n: {"type": "table", "rows": cells(1, 1), "column_settings": [{"align": "left"}] * n},
        20,
        oracle.TABLE_COLUMN_SETTINGS_MAX_ITEMS,
        "/column_settings",
    ),
    on_message("list indent", lambda n: rich_list(indent=n), 8, oracle.RICH_TEXT_LIST_INDENT_MAX, "/elements/0/indent"),
    on_message("list border", lambda n: rich_list(border=n), 1, oracle.RICH_TEXT_LIST_BORDER_MAX, "/elements/0/border"),
    on_message("video alt", lambda n: video(alt_text="a" * n), 2000, oracle.VIDEO_ALT_TEXT_MAX_LENGTH, "/alt_text"),
    on_message("video title", lambda n: video(title=words(n)), 200, oracle.VIDEO_TITLE_MAX_LENGTH, "/title/text"),
    on_message(
        "video author", lambda n: video(author_name="a" * n), 50, oracle.VIDEO_AUTHOR_NAME_MAX_LENGTH, "/author_name"
    ),
    on_message(
        "video description",
        lambda n: video(description=words(n)),
        200,
        oracle.VIDEO_DESCRIPTION_MAX_LENGTH,
        "/description/text",
    ),
    on_message(
        "video host",
        lambda n: video(provider_name="p" * n),
        50,
        oracle.VIDEO_PROVIDER_NAME_MAX_LENGTH,
        "/provider_name",
    ),
    on_message(
        "video title url", lambda n: video(title_url=web(n)), 2000, oracle.VIDEO_TITLE_URL_MAX_LENGTH, "/title_url"
    ),
    on_message(
        "context actions",
        lambda n: {"type": "context_actions", "elements": icon_button()["elements"] * n},
        5,
        oracle.CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS,
        "/elements",
    ),
    on_message(
        "icon button readers",
        lambda n: icon_button(visible_to_user_ids=["U1"] * n),
        10,
        oracle.ICON_BUTTON_VISIBLE_TO_USER_IDS_MAX_ITEMS,
        "/elements/0/visible_to_user_ids",
    ),
    on_message(
        "feedback text",
        lambda n: feedback(text=words(n)),
        75,
        oracle.FEEDBACK_BUTTON_TEXT_MAX_LENGTH,
        "/elements/0/positive_button/text/text",
    ),
    on_message(
        "feedback value",
        lambda n: feedback(value="v" * n),
        2000,
        oracle.FEEDBACK_BUTTON_VALUE_MAX_LENGTH,
        "/elements/0/positive_button/value",
    ),
    on_view(
        "input label",
        lambda n: modal(entry(text_input(), label=words(n))),
        2000,
        oracle.INPUT_LABEL_MAX_LENGTH,
        "/blocks/0/label/text",
    ),
    on_view(
        "input hint",
        lambda n: modal(entry(text_input(), hint=words(n))),
        2000,
        oracle.INPUT_HINT_MAX_LENGTH,
        "/blocks/0/hint/text",
    ),
    on_view(
        "text input max_length",
        lambda n: modal(entry(text_input(max_length=n))),
        3000,
        oracle.PLAIN_TEXT_INPUT_MAX_LENGTH_MAX,
        "/blocks/0/element/max_length",
    ),
    on_view(
        "text input placeholder",
        lambda n: modal(entry(text_input(placeholder=words(n)))),
        150,
        oracle.PLAIN_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH,
        "/blocks/0/element/placeholder/text",
    ),
    on_view(
        "file input",
        lambda n: modal(entry({"type": "file_input", "max_files": n})),
        10,
        oracle.FILE_INPUT_MAX_FILES_MAX,
        "/blocks/0/element/max_files",
    ),
    on_view(
        "rich text input lines",
        lambda n: modal(entry({"type": "rich_text_input", "max_lines": n})),
        100,
        oracle.RICH_TEXT_INPUT_MAX_LINES_MAX,
        "/blocks/0/element/max_lines",
    ),
    on_view(
        "alert",
        lambda n: modal({"type": "alert", "text": words(n)}),
        200,
        oracle.ALERT_TEXT_MAX_LENGTH,
        "/blocks/0/text/text",
    ),
    on_view("title", lambda n: modal(title=words(n)), 24, oracle.VIEW_TITLE_MAX_LENGTH, "/title/text"),
    on_view("submit", lambda n: modal(submit=words(n)), 24, oracle.VIEW_SUBMIT_MAX_LENGTH, "/submit/text"),
    on_view("close", lambda n: modal(close=words(n)), 24, oracle.VIEW_CLOSE_MAX_LENGTH, "/close/text"),
    on_view(
        "private metadata",
        lambda n: modal(private_metadata="p" * n),
        3000,
        oracle.VIEW_PRIVATE_METADATA_MAX_LENGTH,
        "/private_metadata",
    ),
    on_view(
        "callback_id", lambda n: modal(callback_id="c" * n), 255, oracle.VIEW_CALLBACK_ID_MAX_LENGTH, "/callback_id"
    ),
    on_view(
        "external_id", lambda n: modal(external_id="e" * n), 255, oracle.VIEW_EXTERNAL_ID_MAX_LENGTH, "/external_id"
    ),
    on_view(
        "blocks of a modal",
        lambda n: modal(*[{"type": "divider"}] * n),
        100,
        oracle.VIEW_BLOCKS_MAX_ITEMS,
        "/blocks",
    ),
    on_view(
        "blocks of a Home tab",
        lambda n: home(*[{"type": "divider"}] * n),
        100,
        oracle.VIEW_BLOCKS_MAX_ITEMS,
        "/blocks",
    ),
]


def inspect(surface: str, payload: JSON) -> list[Problem]:
    return validate_message("text", [payload]) if surface == "message" else validate_view(payload)


@pytest.mark.parametrize(("surface", "limit"), LIMITS, ids=[limit.name for _, limit in LIMITS])
def test_each_limit_holds_at_its_number_and_not_beyond(surface: str, limit: Limit) -> None:
    assert limit.maximum == limit.second_opinion
    assert inspect(surface, limit.make(limit.maximum - 1 or 1)) == []
    assert inspect(surface, limit.make(limit.maximum)) == []
    over = inspect(surface, limit.make(limit.maximum + 1))
    assert [problem.pointer for problem in over] == [limit.pointer]
    assert {problem.code for problem in over} <= {"too_long", "too_many", "out_of_range"}
