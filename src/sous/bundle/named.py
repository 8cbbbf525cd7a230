"""What the name of a file alone says of it."""

from __future__ import annotations

from sous.bundle.lists import BINARY_EXTENSIONS


def is_binary_name(name: str) -> bool:
    """Tell whether a file's extension says that it is no text; a leading dot begins none."""
    stem, _, ending = name.rpartition("/")[2].rpartition(".")
    return bool(stem) and ending.lower() in BINARY_EXTENSIONS


def is_notebook(name: str) -> bool:
    """Tell whether a file is a Jupyter notebook."""
    return name.lower().endswith(".ipynb")
