"""Prompts: found, never by a name that a repository could claim, and rendered."""
