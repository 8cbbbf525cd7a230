"""The boxes that somebody ticked in a file stay ticked when the file is made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.items.tick import carried_over
from sous.output.provenance import read_signature
from sous.output.target import Placing, read_existing

if TYPE_CHECKING:
    from sous.output.target import Destination


def with_old_ticks(text: str, destination: Destination) -> str:
    """Return a text with the ticks of the file that it replaces; a README has none."""
    path = destination.path
    is_readme = (read_signature(text)[1] or {}).get("task") == "readme"
    if is_readme or destination.placing is not Placing.WHOLE or not path.is_file():
        return text
    try:
        return carried_over(read_existing(path), text)
    except SousError:
        return text  # whoever writes it says what is wrong with the file
