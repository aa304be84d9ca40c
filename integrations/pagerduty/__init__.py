"""PagerDuty: who is on call, pages, and what becomes of them there."""
