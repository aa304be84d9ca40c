"""Atlassian Statuspage: what customers are told is put on a page of theirs."""
