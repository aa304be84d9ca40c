"""The functional core: what an incident is, what may happen to it, and what follows. Standard library only."""
