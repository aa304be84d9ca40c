"""Several Firebells on one database before one local Slack, each in a process of its own, and what goes wrong then."""
