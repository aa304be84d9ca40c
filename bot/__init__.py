"""Firebell: what an incident is and what happens next."""

__version__ = "0.1.0"
