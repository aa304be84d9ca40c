"""What each control does. It carries its incident and the seq it was drawn at, so a double click is one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from bot.domain.beginnings import taken_up
from bot.domain.commands import (
    AcceptHandoff,
    Cancel,
    ChangeSeverity,
    ConfirmPresence,
    ConfirmSeverity,
    DeclineHandoff,
    KeepRoom,
    PostUpdate,
    RetryEffect,
    SaveActionItem,
    TakeOut,
    WithdrawHandoff,
)
from bot.domain.decisions.documents import SECTIONS
from bot.domain.model import ActionItem
from bot.domain.notices import RoleDuties
from bot.errors import UserError
from commands import (
    browse,
    declare,
    ending,
    handoff,
    impact,
    paging,
    place,
    priorities,
    publishing,
    record,
    regulatory,
    roles,
    staff,
    state,
    subscriptions,
    update,
    word,
)
from commands.context import Ask, CommandContext, Open, Outcome, Quiet, Say
from commands.words import run_line
from templates import actions as names
from templates import notices
from templates.actions import Action, Value
from templates.modals import ReasonKind, action_item_view, correct_view, section_view, severity_view

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


def _word(run: word.Handler) -> Handler:
    """A control that does what a word without text does."""

    async def pressed(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
        return await run(ctx, ask)

    return pressed


async def take_command(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await roles.give(ctx, ask, roles.COMMANDER, ask.actor.id)


async def take_role(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """A role for whoever the control names, else oneself; one that confirms a take-over replaces the question."""
    user = press.named(names.USER) or ask.actor.id
    sure = press.named(names.REPLACE) == "1"
    outcome = await roles.give(ctx, ask, press.named(names.ROLE), user, sure=sure)
    return replace(outcome, instead=sure)


async def pick_holder(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await roles.give(ctx, ask, press.named(names.ROLE), press.picked or ask.actor.id)


async def release_role(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    role = press.named(names.ROLE) or roles.COMMANDER
    return await roles.let_go(ctx, ask, role)


async def show_duties(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    notice = RoleDuties(press.named(names.ROLE), ask.actor.id)
    return Say(notices.render(notice, ask.it, ctx.policy, links=await ctx.links_of(ask.it), now=ctx.now()))


async def take_offered(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """Command, from whom it was offered. If somebody else has it by now, or its holder has acted, it is asked first."""
    watch = ask.it.watch
    stands = ask.it.commander == press.named(names.USER) and watch is not None and bool(watch.asked)
    return await roles.give(ctx, ask, roles.COMMANDER, ask.actor.id, sure=stands)


async def confirm_presence(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return ctx.done("present", await ctx.execute(ConfirmPresence(), ask))


async def open_handoff(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await handoff.form_again(ctx, ask, _handoff(press))


async def accept_handoff(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return ctx.done("handoff_accepted", await ctx.execute(AcceptHandoff(_handoff(press)), ask))


async def decline_handoff(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return ctx.done("handoff_declined", await ctx.execute(DeclineHandoff(_handoff(press)), ask))


async def withdraw_handoff(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return ctx.done("handoff_withdrawn", await ctx.execute(WithdrawHandoff(_handoff(press)), ask))


def _handoff(press: Press) -> int:
    number = press.named(names.HANDOFF)
    return int(number) if number.isascii() and number.isdigit() else 0


async def open_update(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await update.form(ctx, replace(ask, text=notices.draft_of(press.message)))


async def post_draft(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """Post the draft exactly as the message shows it."""
    draft = notices.draft_of(press.message)
    if not draft:
        return await update.form(ctx, ask)
    return ctx.done("update_posted", await ctx.execute(PostUpdate(draft), ask))


async def open_correct(_: CommandContext, ask: Ask, press: Press) -> Outcome:
    wanted = press.named(names.UPDATE)
    found = next((one for one in ask.it.updates if str(one.number) == wanted), None)
    if found is None:
        raise update.no_update(ask.it, wanted)
    return Open(correct_view(ask.it, found))


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


async def open_reason(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    kinds: dict[str, ReasonKind] = {"reopen": "reopen", "cancel": "cancel", "close": "close"}
    return ending.reason_form(ctx, replace(ask, text=""), kinds.get(press.named(names.KIND), "cancel"))


async def declared_by_mistake(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    """Cancel at once within the policy's time; later, or once it has shown to be real, the form asks for a reason."""
    window: timedelta = ctx.policy.span(ctx.policy.durations.undo_declare)
    if ctx.now() > ask.it.declared_at + window or taken_up(ask.it):
        return ending.reason_form(ctx, ask, "cancel")
    return ctx.done("cancelled", await ctx.execute(Cancel(BY_MISTAKE), ask))


async def keep_room(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return ctx.done("room_kept", await ctx.execute(KeepRoom(), ask))


async def take_out(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    """Remove from the channel whom a merge that was taken back had brought in."""
    return ctx.done("taken_out", await ctx.execute(TakeOut(), ask))


async def retry_effect(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return ctx.done("retrying", await ctx.execute(RetryEffect(press.named(names.EFFECT)), ask))


async def show_timeline(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """The newest page, or the one that the control names; turning a page replaces the one before."""
    page = press.named(names.PAGE)
    number = int(page) if page.isascii() and page.isdigit() else None
    everything = press.named(names.DETAIL) == "detail"
    shown = await record.timeline_page(ctx, ask, everything=everything, page=number)
    return replace(shown, instead=bool(press.named(names.DETAIL)))


async def turn_ranks(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """Another page of the board in place of the one before."""
    page = press.named(names.PAGE)
    shown = await priorities.page(ctx, ask, int(page) if page.isascii() and page.isdigit() else 1)
    return replace(shown, instead=True)


async def accept_staffing(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await staff.accept(ctx, ask, press.named(names.PROPOSAL))


async def edit_section(_: CommandContext, ask: Ask, press: Press) -> Outcome:
    section = press.named(names.SECTION)
    if section not in SECTIONS:
        raise UserError("Nothing changed. That section is gone.", code="no_section")
    return Open(section_view(ask.it, section))


async def open_action_item(_: CommandContext, ask: Ask, press: Press) -> Outcome:
    return Open(action_item_view(ask.it, _item(ask, press)))


async def finish_action_item(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    item = _item(ask, press)
    if item is None:
        raise UserError("Nothing changed. That action item is gone.", code="no_item")
    done = SaveActionItem(item.text, item.owner, item.due, True, item.id)
    return ctx.done("section_saved", await ctx.execute(done, ask))


def _item(ask: Ask, press: Press) -> ActionItem | None:
    wanted = press.named(names.ITEM)
    return next((one for one in ask.it.action_items if str(one.id) == wanted), None)


async def show_regulatory(ctx: CommandContext, ask: Ask, _: Press) -> Outcome:
    return await regulatory.run(ctx, replace(ask, text=""))


async def duty_applies(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await regulatory.open_assess(ctx, ask, press.named(names.RULE), applies=True)


async def duty_does_not_apply(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await regulatory.open_assess(ctx, ask, press.named(names.RULE), applies=False)


async def duty_started(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await regulatory.open_start(ctx, ask, press.named(names.RULE))


async def duty_filed(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await regulatory.open_file(ctx, ask, press.named(names.RULE))


async def duty_draft(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await regulatory.open_draft(ctx, ask, press.named(names.RULE), press.named(names.KIND))


async def acknowledge_page(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await paging.acknowledge(ctx, ask, _page(press))


async def end_page(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await paging.end(ctx, ask, _page(press))


def _page(press: Press) -> int:
    number = press.named(names.PAGE)
    return int(number) if number.isascii() and number.isdigit() else 0


async def unsubscribe(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    return await subscriptions.end(ctx, ask, press.named(names.SUBSCRIPTION))


async def reopen_input(ctx: CommandContext, ask: Ask, press: Press) -> Outcome:
    """Bring back what was typed, in the form of its word."""
    return await run_line(ctx, replace(ask, form_only=True), press.named(names.TEXT))


async def nothing(_: CommandContext, __: Ask, ___: Press) -> Outcome:
    """A link: the chat system opens it."""
    return Quiet()


BUTTONS: Final[Mapping[Action, Handler]] = {
    Action.TAKE_COMMAND: take_command,
    Action.TAKE_ROLE: take_role,
    Action.PICK_ROLE_HOLDER: pick_holder,
    Action.RELEASE_ROLE: release_role,
    Action.SHOW_DUTIES: show_duties,
    Action.TAKE_OFFERED: take_offered,
    Action.CONFIRM_PRESENCE: confirm_presence,
    Action.OPEN_HANDOFF: open_handoff,
    Action.ACCEPT_HANDOFF: accept_handoff,
    Action.DECLINE_HANDOFF: decline_handoff,
    Action.WITHDRAW_HANDOFF: withdraw_handoff,
    Action.OPEN_UPDATE: open_update,
    Action.POST_DRAFT: post_draft,
    Action.NO_CHANGE: _word(update.unchanged),
    Action.SNOOZE: _word(update.snooze),
    Action.OPEN_CORRECT: open_correct,
    Action.OPEN_RESOLVE: _word(ending.resolve_form),
    Action.OPEN_EDIT: _word(state.edit),
    Action.OPEN_SEVERITY: _word(state.severity_form),
    Action.CONFIRM_SEVERITY: confirm_severity,
    Action.PICK_SEVERITY: pick_severity,
    Action.OPEN_ROLES: _word(roles.assign),
    Action.OPEN_NOTE: _word(record.note_form),
    Action.OPEN_IMPACT: _word(impact.form),
    Action.OPEN_SAFETY: _word(place.safety_form),
    Action.OPEN_OVERRIDE: _word(place.override_form),
    Action.OPEN_REASON: open_reason,
    Action.DECLARED_BY_MISTAKE: declared_by_mistake,
    Action.KEEP_ROOM: keep_room,
    Action.TAKE_OUT: take_out,
    Action.RETRY_EFFECT: retry_effect,
    Action.FOLLOW: _word(record.follow),
    Action.UNFOLLOW: _word(record.unfollow),
    Action.SHOW_TIMELINE: show_timeline,
    Action.SHOW_EARLIER: show_timeline,
    Action.SHOW_LATER: show_timeline,
    Action.SHOW_LEVEL: show_timeline,
    Action.SHOW_STATUS: _word(state.show),
    Action.SHOW_WHY: _word(priorities.why),
    Action.SHOW_ROOM: _word(declare.way_in),
    Action.DRAW_METRICS: _word(record.metrics),
    Action.WRITE_POSTMORTEM: _word(record.postmortem),
    Action.EDIT_SECTION: edit_section,
    Action.OPEN_ACTION_ITEM: open_action_item,
    Action.FINISH_ACTION_ITEM: finish_action_item,
    Action.ACKNOWLEDGE_PAGE: acknowledge_page,
    Action.END_PAGE: end_page,
    Action.OPEN_POST: _word(publishing.run),
    Action.OPEN_POST_DRAFT: _word(publishing.draft),
    Action.SHOW_REGULATORY: show_regulatory,
    Action.DUTY_APPLIES: duty_applies,
    Action.DUTY_DOES_NOT_APPLY: duty_does_not_apply,
    Action.DUTY_STARTED: duty_started,
    Action.DUTY_FILED: duty_filed,
    Action.DUTY_DRAFT: duty_draft,
}
"""Controls that belong to an incident."""

FREE_BUTTONS: Final[Mapping[Action, Handler]] = {
    Action.OPEN_DECLARE: _word(declare.form),
    Action.SHOW_LIST: _word(browse.listing),
    Action.SHOW_PRIORITIES: _word(priorities.show),
    Action.ACCEPT_STAFFING: accept_staffing,
    Action.RANKS_EARLIER: turn_ranks,
    Action.RANKS_LATER: turn_ranks,
    Action.SHOW_HELP: _word(browse.help_),
    Action.OPEN_SUBSCRIBE: _word(subscriptions.form),
    Action.SHOW_SUBSCRIPTIONS: _word(subscriptions.show),
    Action.UNSUBSCRIBE: unsubscribe,
    Action.UNSUBSCRIBE_ALL: _word(subscriptions.end_all),
    Action.REOPEN_INPUT: reopen_input,
    Action.OPEN_LINK: nothing,
}
"""Controls that work without an incident as well."""


async def press(ctx: CommandContext, ask: Ask, action: str, pressed: Press) -> Outcome:
    """Do what a control is for; raises UserError for a stale one. A menu's choice names the action it stands for."""
    wanted = pressed.named(names.DO) if action == Action.MORE else action
    incident = await ctx.carried(pressed.value.incident, ask)
    if incident is not None:
        ask = ask.about(incident)
    table = FREE_BUTTONS if incident is None else {**BUTTONS, **FREE_BUTTONS}
    handler = next((one for name, one in table.items() if name == wanted), None)
    if handler is None:
        raise UserError("Nothing changed. This button belongs to an older message. Use the card instead.", code="stale")
    return await handler(ctx, ask, pressed)
