"""What is known of any repository: languages, test files, manifests, paths, coverage.

Loads no other room.
"""
