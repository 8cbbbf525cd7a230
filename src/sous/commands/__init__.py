"""One module per command: options, then the story."""
