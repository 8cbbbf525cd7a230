"""Mise en place for coding with LLMs."""

__version__ = "0.1.0"
