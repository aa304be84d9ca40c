"""The schema's revisions, and the one function that brings a database to the newest."""
