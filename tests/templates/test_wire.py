"""Blocks are written as the SDK would write them, and refused where it would refuse them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ConfirmObject,
    InputBlock,
    Option,
    OptionGroup,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    RichTextBlock,
    RichTextListElement,
    RichTextSectionElement,
    SectionBlock,
    StaticMultiSelectElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from templates.wire import as_wire

GOLDEN = Path(__file__).parent / "golden"


def text(words: str) -> PlainTextObject:
    return PlainTextObject(text=words, emoji=True)


THINGS = [
    SectionBlock(text="plain words", fields=["one", "two"], block_id="b"),
    SectionBlock(
        text="with a menu", accessory=OverflowMenuElement(action_id="m", options=[Option(value="1", label="x")])
    ),
    ButtonElement(
        text=text("Go"), action_id="go", style="danger", confirm=ConfirmObject(title="Sure", text="It ends.", deny="No")
    ),
    InputBlock(
        label="Text",
        optional=False,
        element=PlainTextInputElement(
            action_id="t",
            min_length=0,
            initial_value="",
            dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_character_entered"]),
        ),
    ),
    StaticMultiSelectElement(
        action_id="s",
        option_groups=[OptionGroup(label="g", options=[Option(value="1", text=text("one"), description="first")])],
        initial_options=[Option(value="1", text=text("one"), description="first")],
    ),
    RichTextBlock(elements=[RichTextListElement(style="bullet", elements=[RichTextSectionElement(elements=[])])]),
]


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
def test_a_block_is_written_as_the_sdk_writes_it(thing: JsonObject) -> None:
    assert as_wire(thing) == thing.to_dict()


def test_every_block_of_the_agreed_messages_is_written_as_the_sdk_writes_it() -> None:
    seen = 0
    for path in GOLDEN.glob("*.json"):
        for block in Block.parse_all(json.loads(path.read_text(encoding="utf-8"))["blocks"]):
            assert as_wire(block) == block.to_dict()
            seen += 1
    assert seen > 100


@pytest.mark.parametrize(
    "thing",
    [
        ButtonElement(text=text("x" * 76), action_id="go"),
        SectionBlock(text="x", accessory=ButtonElement(text=text("Go"), action_id="x" * 256)),
        SectionBlock(),
    ],
)
def test_what_the_sdk_refuses_is_refused(thing: JsonObject) -> None:
    with pytest.raises(SlackObjectFormationError) as ours:
        as_wire(thing)
    with pytest.raises(SlackObjectFormationError) as theirs:
        thing.to_dict()
    assert str(ours.value) == str(theirs.value)
