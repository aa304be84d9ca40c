"""Secrets that were planted, and looked for in everything that Firebell says and keeps."""
