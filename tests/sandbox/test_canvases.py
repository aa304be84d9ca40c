"""A channel's canvas: one document, written as Markdown, changed by one operation at a time."""

from __future__ import annotations

from typing import Any

from tests.sandbox.house import ANA, OPS, SECRET, Bench, manifest


def document(text: str) -> dict[str, Any]:
    return {"type": "markdown", "markdown": text}


def replaced(text: str) -> list[dict[str, Any]]:
    return [{"operation": "replace", "document_content": document(text)}]


async def create(bench: Bench, text: str = "# Now", channel: str = OPS) -> str:
    made = await bench.ok("conversations.canvases.create", channel_id=channel, document_content=document(text))
    return str(made["canvas_id"])


async def shown(bench: Bench) -> dict[str, Any]:
    found: dict[str, Any] = (await bench.see(f"channels/{OPS}/canvas?user={ANA}"))["canvas"]
    return found


async def test_a_channel_has_one_canvas_and_tells_of_it(bench: Bench) -> None:
    assert "properties" not in (await bench.ok("conversations.info", channel=OPS))["channel"]
    canvas = await create(bench)
    again = await bench.error("conversations.canvases.create", channel_id=OPS)
    assert again == "channel_canvas_already_exists"
    properties = (await bench.ok("conversations.info", channel=OPS))["channel"]["properties"]
    assert (properties["canvas"]["file_id"], properties["canvas"]["is_empty"]) == (canvas, False)
    assert properties["tabs"][0]["data"]["file_id"] == canvas


async def test_it_is_a_file_that_names_who_made_it(bench: Bench) -> None:
    file = (await bench.ok("files.info", file=await create(bench)))["file"]
    assert (file["user"], file["filetype"], file["linked_channel_id"]) == ("U0SANDBOX01", "quip", OPS)


async def test_it_is_replaced_added_to_and_renamed(bench: Bench) -> None:
    canvas = await create(bench)
    await bench.ok("canvases.edit", canvas_id=canvas, changes=replaced("Two"))
    for operation, text in (("insert_at_start", "One"), ("insert_at_end", "Three")):
        change = {"operation": operation, "document_content": document(text)}
        await bench.ok("canvases.edit", canvas_id=canvas, changes=[change])
    rename = {"operation": "rename", "title_content": document("Live")}
    await bench.ok("canvases.edit", canvas_id=canvas, changes=[rename])
    found = await shown(bench)
    assert (found["title"], found["markdown"], found["edits"]) == ("Live", "One\n\nTwo\n\nThree", 4)


async def test_one_call_changes_one_thing_and_only_what_exists(bench: Bench) -> None:
    canvas = await create(bench)
    two = [*replaced("a"), *replaced("b")]
    assert await bench.error("canvases.edit", canvas_id=canvas, changes=two) == "invalid_arguments"
    odd = [{"operation": "shred"}]
    assert await bench.error("canvases.edit", canvas_id=canvas, changes=odd) == "invalid_arguments"
    nowhere = [{"operation": "delete", "section_id": "temp:C:1"}]
    assert await bench.error("canvases.edit", canvas_id=canvas, changes=nowhere) == "canvas_editing_failed"
    html = [{"operation": "replace", "document_content": {"type": "html", "markdown": "<p>"}}]
    assert await bench.error("canvases.edit", canvas_id=canvas, changes=html) == "invalid_arguments"
    assert await bench.error("canvases.edit", canvas_id="F0NONE", changes=replaced("a")) == "canvas_not_found"
    assert (await shown(bench))["markdown"] == "# Now"


async def test_too_much_is_refused(bench: Bench) -> None:
    canvas = await create(bench)
    long = replaced("x" * 1_048_577)
    assert await bench.error("canvases.edit", canvas_id=canvas, changes=long) == "canvas_too_large"
    table = "| a | b | c |\n| - | - | - |\n" + "| 1 | 2 | 3 |\n" * 100
    assert await bench.error("canvases.edit", canvas_id=canvas, changes=replaced(table)) == "canvas_too_large"


async def test_a_channel_that_the_app_is_not_in_or_that_is_archived_is_left_alone(bench: Bench) -> None:
    assert await bench.error("conversations.canvases.create", channel_id=SECRET) == "restricted_action"
    canvas = await create(bench)
    await bench.ok("conversations.archive", channel=OPS)
    assert await bench.error("canvases.edit", canvas_id=canvas, changes=replaced("a")) == "canvas_editing_locked"


async def test_it_needs_its_scope() -> None:
    async with Bench(manifest=manifest(without=("canvases:write",))) as bench:
        assert await bench.error("conversations.canvases.create", channel_id=OPS) == "missing_scope"


async def test_a_plan_that_forbids_it_is_a_switch(bench: Bench) -> None:
    code = "team_tier_cannot_create_channel_canvases"
    await bench.switch(rules=[{"method": "conversations.canvases.create", "kind": f"error:{code}", "count": -1}])
    assert await bench.error("conversations.canvases.create", channel_id=OPS) == code
