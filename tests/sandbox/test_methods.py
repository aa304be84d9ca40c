"""The facts about Web API methods: complete, read lazily, and the same as Slack's reference where that is at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.methods import METHODS, load_methods
from sandbox.tiers import ACCESS, CALLS_PER_MINUTE, KINDS

ROOT = Path(__file__).parents[2]


def test_every_method_has_a_tier_and_every_tier_a_method() -> None:
    assert set(METHODS) == set(ACCESS)
    assert len(METHODS) == 59


def test_importing_reads_no_file() -> None:
    program = "import sandbox.methods as m; print(m.load_methods.cache_info().currsize, len(m.METHODS))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "59"]


def test_the_facts_are_read_once() -> None:
    assert load_methods() is load_methods()


@pytest.mark.parametrize(
    ("method", "tier"),
    [
        ("chat.postMessage", "posting"),
        ("chat.update", 3),
        ("conversations.setTopic", 2),
        ("conversations.invite", 3),
        ("pins.add", 2),
        ("bookmarks.add", 2),
        ("users.info", 4),
        ("views.open", 4),
        ("auth.test", "special"),
    ],
)
def test_tiers_are_those_of_the_method_pages(method: str, tier: int | str) -> None:
    assert METHODS[method].tier == tier


def test_numbered_tiers_have_a_number_of_calls() -> None:
    assert {facts.tier for facts in METHODS.values()} - {"posting", "special"} <= set(CALLS_PER_MINUTE)


@pytest.mark.parametrize(
    ("method", "kind", "scopes"),
    [
        ("conversations.create", "channel", ("channels:manage",)),
        ("conversations.create", "group", ("groups:write",)),
        ("conversations.setTopic", "channel", ("channels:manage", "channels:write.topic")),
        ("conversations.history", "im", ("im:history",)),
        ("conversations.open", "mpim", ("mpim:write",)),
        ("chat.postMessage", "group", ("chat:write",)),
        ("views.open", "channel", ()),
    ],
)
def test_scopes_differ_by_kind_of_conversation(method: str, kind: str, scopes: tuple[str, ...]) -> None:
    assert METHODS[method].scopes_for(next(known for known in KINDS if known == kind)) == scopes


def test_without_a_kind_every_scope_that_helps_is_named_once() -> None:
    assert METHODS["chat.postMessage"].scopes_for() == ("chat:write",)
    assert METHODS["conversations.list"].scopes_for() == ("channels:read", "groups:read", "im:read", "mpim:read")


def test_only_opening_a_socket_needs_the_app_token() -> None:
    assert [name for name, facts in METHODS.items() if facts.caller == "app"] == ["apps.connections.open"]


def test_arguments_and_errors_are_there() -> None:
    invite = METHODS["conversations.invite"]
    assert invite.required == ("channel", "users")
    assert {"already_in_channel", "cant_invite_self", "ratelimited", "missing_scope"} <= invite.errors
    assert METHODS["conversations.setTopic"].args["topic"].types == ("string",)


def test_the_manifest_asks_for_no_scope_that_nothing_needs() -> None:
    manifest = json.loads((ROOT / "deploy/slack/manifest.socket.json").read_text(encoding="utf-8"))
    asked = set(manifest["oauth_config"]["scopes"]["bot"])
    used = {scope for facts in METHODS.values() for scope in facts.scopes_for()}
    # Commands, mentions and posting without joining are no methods of their own.
    assert asked - used == {"commands", "app_mentions:read", "chat:write.public"}


def test_the_manifest_opens_every_method_for_channels_that_the_bot_needs() -> None:
    manifest = json.loads((ROOT / "deploy/slack/manifest.socket.json").read_text(encoding="utf-8"))
    asked = set(manifest["oauth_config"]["scopes"]["bot"])
    closed = [
        name
        for name, facts in METHODS.items()
        for kind in ("channel", "group")
        if facts.caller == "bot" and facts.scopes.get(kind) and not asked & set(facts.scopes[kind])
    ]
    assert closed == ["team.info", "team.info"]


@pytest.mark.parametrize("method", sorted(ACCESS))
def test_nothing_was_lost_or_added_on_the_way_from_the_reference(method: str) -> None:
    reference = json.loads((ROOT / "tests/data/slack/methods.json").read_text(encoding="utf-8"))[method]
    facts = METHODS[method]
    assert facts.errors == set(reference["errors"])
    assert {name: argument.required for name, argument in facts.args.items()} == {
        name: bool(row["required"]) for name, row in reference["args"].items()
    }
