"""Statuspage."""
