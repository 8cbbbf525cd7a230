"""Models: reached through llm, in this package alone."""
