"""Slack as the chat: what the outbox sends there, what arrives from there, and what it knows of people."""
