"""The kit that pages are made with: one file each, and nothing is loaded."""
