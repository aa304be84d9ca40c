"""A Slack workspace on your own machine: Web API, events, commands, modals and a page.

It imports nothing of the bot, so that the bot can only reach it the way it reaches Slack itself.
"""
