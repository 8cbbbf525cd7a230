"""Items: the issues, findings and tests that a markdown file lists, whoever wrote it."""
