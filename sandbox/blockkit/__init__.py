"""Checks Block Kit as Slack would, written from Slack's documentation and from nothing that the bot uses.

The bot's own templates state the same limits a second time. One mistaken number therefore cannot hide in both.
"""

from sandbox.blockkit.rules import Problem
from sandbox.blockkit.surfaces import validate_message, validate_view

__all__ = ["Problem", "validate_message", "validate_view"]
