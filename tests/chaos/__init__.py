"""Chaos: a load of incidents on a bot that is killed again and again, before a Slack that misbehaves."""
