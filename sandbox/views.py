"""Modals and Home tabs: a stack of at most three per person, each view with a changing hash."""

from __future__ import annotations

from sandbox.changes import Changes, ViewsClosed, ViewShown
from sandbox.errors import SlackError
from sandbox.messages import with_ids
from sandbox.model import JSON, View
from sandbox.state import State

MAX_STACK = 3


class Views:
    """Acts on views; each is kept, then shown on the page."""

    def __init__(self, state: State, changes: Changes) -> None:
        self._state = state
        self._changes = changes

    def open(self, user: str, content: JSON) -> View:
        """Open a modal; it replaces whatever stack the person had open."""
        self.close_all(user)
        return self._stack_up(user, content, "open")

    def push(self, user: str, content: JSON) -> View:
        """Put a modal on top; raises SlackError push_limit_reached or not_found without a stack."""
        open_views = self._state.stacks.get(user, [])
        if not open_views:
            raise SlackError("not_found")
        if len(open_views) >= MAX_STACK:
            raise SlackError("push_limit_reached")
        return self._stack_up(user, content, "push")

    def update(self, view: View, content: JSON, expected_hash: str | None = None) -> View:
        """Replace a view's content in place; raises SlackError hash_conflict.

        What was typed into a block that stays (same block and action id) is kept, as Slack does.
        """
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        filled = self._filled(content, view)
        view.content = filled
        view.hash = self._hash()
        kept = {str(block["block_id"]) for block in filled["blocks"]}
        view.values = {block_id: value for block_id, value in view.values.items() if block_id in kept}
        self._state.save(view)
        self._changes.tell(ViewShown(view, "home" if view.type == "home" else "update"))
        return view

    def publish(self, user: str, content: JSON, expected_hash: str | None = None) -> View:
        """Show a Home tab to one person."""
        current = self._state.home(user)
        if current is not None:
            return self.update(current, content, expected_hash)
        view_id = self._state.next_id("V")
        view = View(view_id, "home", user, self._filled(content), self._hash(), view_id)
        self._state.save(view)
        self._state.save_home(user, view_id)
        self._changes.tell(ViewShown(view, "home"))
        return view

    def find(self, view_id: str, external_id: str) -> View | None:
        """Return a view by Slack's id or the app's own; a closed modal is not found."""
        if view_id:
            return self._state.views.get(view_id)
        matches = (v for v in self._state.views.values() if v.content.get("external_id") == external_id)
        return next(matches, None) if external_id else None

    def remember_values(self, view: View, values: JSON) -> None:
        """Keep what the person has typed so far."""
        view.values = values
        self._state.save(view)

    def close(self, view: View) -> None:
        """Take one modal (and any above it) off its stack."""
        stack = self._state.stacks.get(view.user, [])
        if view.id not in stack:
            return
        position = stack.index(view.id)
        gone = [self._state.views[view_id] for view_id in stack[position:]]
        self._state.save_stack(view.user, stack[:position])
        self._drop(view.user, gone, cleared=False)

    def close_all(self, user: str) -> list[View]:
        """Close a person's whole stack and return what was open, bottom first."""
        gone = self._state.stack(user)
        if gone:
            self._state.save_stack(user, [])
            self._drop(user, gone, cleared=True)
        return gone

    def _drop(self, user: str, gone: list[View], *, cleared: bool) -> None:
        for view in gone:
            self._state.forget(view)
        self._changes.tell(ViewsClosed(user, gone, cleared))

    def _stack_up(self, user: str, content: JSON, how: str) -> View:
        stack = self._state.stacks.get(user, [])
        view_id = self._state.next_id("V")
        view = View(
            view_id,
            "modal",
            user,
            self._filled(content),
            self._hash(),
            root_view_id=stack[0] if stack else view_id,
            previous_view_id=stack[-1] if stack else None,
        )
        self._state.save(view)
        self._state.save_stack(user, [*stack, view_id])
        self._changes.tell(ViewShown(view, "push" if how == "push" else "open"))
        return view

    def _filled(self, content: JSON, replaced: View | None = None) -> JSON:
        external_id = content.get("external_id")
        if external_id:
            other = self.find("", str(external_id))
            if other is not None and other is not replaced:
                raise SlackError("duplicate_external_id")
        return {**content, "blocks": with_ids(self._state, content.get("blocks", []))}

    def _hash(self) -> str:
        return f"{self._state.now()}.{self._state.token(4)}"
