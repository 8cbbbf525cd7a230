"""Bundles: from a folder to one file and back."""
