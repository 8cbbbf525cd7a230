"""One way to ask a model for a file."""
