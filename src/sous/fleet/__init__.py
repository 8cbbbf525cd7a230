"""The same tasks over many repositories: what is asked for, done, kept, paid and shown."""
