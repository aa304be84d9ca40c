"""Our own status page."""
