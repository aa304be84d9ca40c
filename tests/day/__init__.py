"""A day in the life: two hours of a sev1, played by people on a local Slack, told as it happens."""
