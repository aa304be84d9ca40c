"""The content of a message as chat methods take it, checked as strictly as Slack checks it."""

from __future__ import annotations

import json
from typing import Any

from sandbox.blockkit import validate_message, validate_view
from sandbox.errors import SlackError
from sandbox.messages import Draft
from sandbox.methods import METHODS
from sandbox.model import JSON, Channel
from sandbox.web_api.call import Call

# docs.slack.dev, chat.postMessage: longer text is cut, not refused.
MAX_TEXT = 40_000
# "metadata_too_large" is documented without its number; bolt users report about 8 KB.
MAX_METADATA_BYTES = 8_000


def read_blocks(call: Call, name: str = "blocks") -> list[JSON]:
    """Return a list of blocks; raises invalid_blocks_format if it is none."""
    blocks = call.args.decoded(name, [])
    if blocks in ("", None):
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format", [f"{name} must be a list of blocks"])
    return blocks


def check_content(call: Call, text: str, blocks: list[JSON]) -> None:
    """Raise the first error a message's text and blocks have under Slack's limits."""
    if not call.strict:
        return
    problems = validate_message(text, blocks)
    if not problems:
        return
    code = problems[0].code
    if code not in METHODS[call.method].errors:
        code = "invalid_blocks"
    raise SlackError(code, [f"{p.message} [json-pointer:{p.pointer}]" for p in problems])


def read_metadata(call: Call) -> JSON | None:
    """Return message metadata: ``event_type`` and a flat ``event_payload``."""
    metadata = call.args.decoded("metadata")
    if metadata in (None, ""):
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    payload = metadata.get("event_payload")
    if not metadata.get("event_type") or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > MAX_METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": str(metadata["event_type"]), "event_payload": payload}


def read_draft(call: Call, channel: Channel) -> Draft:
    """Return what a chat method is asked to post, as the app."""
    blocks = read_blocks(call)
    attachments = call.args.decoded("attachments", [])
    markdown = call.args.text("markdown_text")
    text = call.args.text("text")
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    text = (markdown or text)[:MAX_TEXT]
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    check_content(call, text, blocks)
    draft = Draft(
        channel,
        call.bot,
        text=text,
        blocks=blocks,
        attachments=attachments if isinstance(attachments, list) else [],
        bot_id=call.state.identity.bot_id,
    )
    _customise(call, draft)
    return draft


def read_view(call: Call, name: str = "view") -> JSON:
    """Return a view; raises view_too_large, or invalid_arguments naming each fault."""
    view = call.args.decoded(name)
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", [f"missing required field: {name}"])
    check_view(view, strict=call.strict)
    return view


def check_view(view: JSON, *, strict: bool) -> None:
    """Raise SlackError if a view breaks Slack's limits."""
    if not strict:
        return
    problems = validate_view(view)
    if any(problem.code == "view_too_large" for problem in problems):
        raise SlackError("view_too_large")
    if problems:
        raise SlackError("invalid_arguments", [f"{p.message} [json-pointer:{p.pointer}]" for p in problems])


def _customise(call: Call, draft: Draft) -> None:
    username = call.args.text("username")
    icons: dict[str, Any] = {}
    if emoji := call.args.text("icon_emoji"):
        icons["emoji"] = emoji
    if url := call.args.text("icon_url"):
        icons["image_48"] = url
    if not (username or icons):
        return
    # Without the scope Slack posts under the app's own name and says nothing.
    if not call.strict or "chat:write.customize" in call.state.app.scopes:
        draft.username, draft.icons, draft.subtype = username or None, icons or None, "bot_message"
