"""What each control does. It carries its incident and the seq it was drawn at, so a double click is one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from bot.domain.commands import (
    Cancel,
    ChangeSeverity,
    ConfirmSeverity,
    Follow,
    PostUpdate,
    ReleaseRole,
    RetryEffect,
    SaveActionItem,
    Unfollow,
)
from bot.domain.notices import RoleDuties
from bot.errors import UserError
from commands import browse, declare, ending, record, roles, update
from commands.context import Ask, CommandContext, Open, Outcome, Quiet, Say
from commands.words import run_line
from templates import actions as names
from templates import notices
from templates.actions import Action, Value
from templates.message import Links
from templates.modals import (
    DeclareForm,
    action_item_view,
    correct_view,
    declare_view,
    edit_view,
    note_view,
    reason_view,
    resolve_view,
    roles_view,
    section_view,
    severity_view,
)

BY_MISTAKE: Final = "Declared by mistake"


@dataclass(frozen=True, slots=True)
class Press:
    """A control that was used: what it carries, who was picked in it, and the message it stands in."""

    value: Value
    picked: str = ""
    message: Mapping[str, Any] = field(default_factory=dict)

    def named(self, name: str) -> str:
        return self.value.extra.get(name, "")


Handler = Callable[[CommandContext, Ask, Press], Awaitable[Outcome]]


async def take_command(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await roles.give(ctx, ask, roles.COMMANDER, ask.actor.id)


async def take_role(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    user = press.named(names.USER) or ask.actor.id
    sure = press.named(names.REPLACE) == "1"
    return await roles.give(ctx, ask, press.named(names.ROLE), user, replace=sure)


async def pick_holder(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await roles.give(ctx, ask, press.named(names.ROLE), press.picked or ask.actor.id)


async def release_role(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    role = press.named(names.ROLE) or roles.COMMANDER
    return ctx.done("roles_saved", await ctx.execute(ReleaseRole(role), ask))


async def show_duties(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    notice = RoleDuties(press.named(names.ROLE), ask.actor.id)
    links = await ctx.links(ask.it) if ctx.links else Links(command=ctx.command)
    return Say(notices.render(notice, ask.it, ctx.policy, links=links, now=ctx.now()))


async def open_update(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return update.form(ctx, ask, notices.draft_of(press.message))


async def post_draft(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """Post the draft exactly as the message shows it."""
    draft = notices.draft_of(press.message)
    if not draft:
        return update.form(ctx, ask)
    return ctx.done("update_posted", await ctx.execute(PostUpdate(draft), ask))


async def no_change(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await update.unchanged(ctx, ask)


async def snooze(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await update.snooze(ctx, ask)


async def open_correct(_: CommandContext, ask: Ask, press: Press) -> Outcome:
    wanted = press.named(names.UPDATE)
    found = next((one for one in ask.it.updates if str(one.number) == wanted), None)
    if found is None:
        raise UserError(f"Nothing changed. {ask.it.label} has no update {wanted}.", code="no_update")
    return Open(correct_view(ask.it, found))


async def open_resolve(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return Open(resolve_view(ask.it, ctx.policy, now=ctx.now()))


async def open_edit(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return Open(edit_view(ask.it, ctx.policy))


async def open_severity(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return Open(severity_view(ask.it, ctx.policy))


async def confirm_severity(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return ctx.done("severity_set", await ctx.execute(ConfirmSeverity(), ask))


async def pick_severity(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """One tap. Where lowering needs a reason, the form asks for it with the choice kept."""
    severity = press.named(names.SEVERITY)
    try:
        return ctx.done("severity_set", await ctx.execute(ChangeSeverity(severity), ask))
    except UserError as refusal:
        if refusal.code != "reason_needed":
            raise
        return Open(severity_view(ask.it, ctx.policy, severity=severity))


async def open_roles(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return Open(roles_view(ask.it, ctx.policy))


async def open_note(_: CommandContext, ask: Ask, __: Press) -> Outcome:
    return Open(note_view(ask.it))


async def open_declare(ctx: CommandContext, _: Ask, __: Press) -> Outcome:
    return Open(declare_view(DeclareForm(), ctx.policy))


async def open_reason(_: CommandContext, ask: Ask, press: Press) -> Outcome:
    kinds: dict[str, ending.Kind] = {"reopen": "reopen", "cancel": "cancel", "close": "close"}
    return Open(reason_view(kinds.get(press.named(names.KIND), "cancel"), ask.it))


async def declared_by_mistake(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    """Cancel at once within the policy's time; later the form asks for a reason like from anybody else."""
    window: timedelta = ctx.policy.span(ctx.policy.durations.undo_declare)
    if ctx.now() > ask.it.declared_at + window:
        return Open(reason_view("cancel", ask.it))
    return ctx.done("cancelled", await ctx.execute(Cancel(BY_MISTAKE), ask))


async def retry_effect(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return ctx.done("retrying", await ctx.execute(RetryEffect(press.named(names.EFFECT)), ask))


async def follow(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return ctx.done("following", await ctx.execute(Follow(), ask))


async def unfollow(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return ctx.done("unfollowed", await ctx.execute(Unfollow(), ask))


async def show_timeline(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    page = press.named(names.PAGE)
    number = int(page) if page.isascii() and page.isdigit() else None
    everything = press.named(names.DETAIL) == "detail"
    return await record.timeline_page(ctx, ask, everything=everything, page=number)


async def show_status(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return Say(await ctx.status(ask.it))


async def show_list(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await browse.listing(ctx, ask)


async def show_help(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await browse.help_(ctx, ask)


async def draw_metrics(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await record.metrics(ctx, ask)


async def write_postmortem(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await record.postmortem(ctx, ask)


async def edit_section(_: CommandContext, ask: Ask, press: Press) -> Outcome:
    return Open(section_view(ask.it, press.named(names.SECTION)))


async def open_action_item(_: CommandContext, ask: Ask, press: Press) -> Outcome:
    return Open(action_item_view(ask.it, _item(ask, press)))


async def finish_action_item(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    item = _item(ask, press)
    if item is None:
        raise UserError("Nothing changed. That action item is gone.", code="no_item")
    done = SaveActionItem(item.text, item.owner, item.due, True, item.id)
    return ctx.done("section_saved", await ctx.execute(done, ask))


def _item(ask: Ask, press: Press) -> Any:
    wanted = press.named(names.ITEM)
    return next((one for one in ask.it.action_items if str(one.id) == wanted), None)


async def reopen_input(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """Bring back what was typed, in the form of its word; a line without one goes into the declare form."""
    word, text = press.named(names.WORD), press.named(names.TEXT)
    if word in ("", "declare"):
        return await declare.bare(ctx, _with_text(ask, text))
    openers: dict[str, Callable[[], dict[str, Any]]] = {
        "note": lambda: note_view(ask.it, text=text),
        "resolve": lambda: resolve_view(ask.it, ctx.policy, now=ctx.now(), fixed_by=text),
        "reopen": lambda: reason_view("reopen", ask.it, reason=text),
        "cancel": lambda: reason_view("cancel", ask.it, reason=text),
        "close": lambda: reason_view("close", ask.it, reason=text),
        "severity": lambda: severity_view(ask.it, ctx.policy, reason=text),
        "assign": lambda: roles_view(ask.it, ctx.policy),
        "take": lambda: roles_view(ask.it, ctx.policy),
    }
    if word == "update" and ask.incident is not None:
        return update.form(ctx, ask, text)
    if word in openers and ask.incident is not None:
        return Open(openers[word]())
    return await run_line(ctx, ask, word)


def _with_text(ask: Ask, text: str) -> Ask:
    return Ask(ask.actor, ask.request_id, text=text, typed=text, channel=ask.channel, incident=ask.incident)


async def nothing(_: CommandContext, __: Ask, ___: Press) -> Outcome:
    """A link, or an input whose form is read on submit."""
    return Quiet()


BUTTONS: Final[Mapping[Action, Handler]] = {
    Action.TAKE_COMMAND: take_command,
    Action.TAKE_ROLE: take_role,
    Action.PICK_ROLE_HOLDER: pick_holder,
    Action.RELEASE_ROLE: release_role,
    Action.SHOW_DUTIES: show_duties,
    Action.OPEN_UPDATE: open_update,
    Action.POST_DRAFT: post_draft,
    Action.NO_CHANGE: no_change,
    Action.SNOOZE: snooze,
    Action.OPEN_CORRECT: open_correct,
    Action.OPEN_RESOLVE: open_resolve,
    Action.OPEN_EDIT: open_edit,
    Action.OPEN_SEVERITY: open_severity,
    Action.CONFIRM_SEVERITY: confirm_severity,
    Action.PICK_SEVERITY: pick_severity,
    Action.OPEN_ROLES: open_roles,
    Action.OPEN_NOTE: open_note,
    Action.OPEN_REASON: open_reason,
    Action.DECLARED_BY_MISTAKE: declared_by_mistake,
    Action.RETRY_EFFECT: retry_effect,
    Action.FOLLOW: follow,
    Action.UNFOLLOW: unfollow,
    Action.SHOW_TIMELINE: show_timeline,
    Action.SHOW_EARLIER: show_timeline,
    Action.SHOW_LATER: show_timeline,
    Action.SHOW_LEVEL: show_timeline,
    Action.SHOW_STATUS: show_status,
    Action.DRAW_METRICS: draw_metrics,
    Action.WRITE_POSTMORTEM: write_postmortem,
    Action.EDIT_SECTION: edit_section,
    Action.OPEN_ACTION_ITEM: open_action_item,
    Action.FINISH_ACTION_ITEM: finish_action_item,
}
"""Controls that belong to an incident."""

FREE_BUTTONS: Final[Mapping[Action, Handler]] = {
    Action.OPEN_DECLARE: open_declare,
    Action.SHOW_LIST: show_list,
    Action.SHOW_HELP: show_help,
    Action.REOPEN_INPUT: reopen_input,
    Action.OPEN_LINK: nothing,
}
"""Controls that work without an incident as well."""


async def press(ctx: CommandContext, ask: Ask, action: str, pressed: Press) -> Outcome:
    """Do what a control is for; raises UserError for a stale one. A menu's choice names the action it stands for."""
    wanted = pressed.named(names.DO) if action == Action.MORE else action
    incident = await ctx.by_id(pressed.value.incident, ask.viewer)
    if incident is not None:
        ask = ask.about(incident)
    table = BUTTONS if incident is not None and wanted not in FREE_BUTTONS else FREE_BUTTONS
    handler = next((one for name, one in table.items() if name == wanted), None)
    if handler is None:
        raise UserError("Nothing changed. This button belongs to an older message. Use the card instead.", code="stale")
    return await handler(ctx, ask, pressed)
