"""Zoom: a call of its own for each incident that the settings want one for."""
