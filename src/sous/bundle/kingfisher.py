"""Secrets as MongoDB's kingfisher finds them, in place of our own rules: the extra `secrets`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sous.bundle.secrets import Secret, masked
from sous.errors import SousError
from sous.state import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable


@lru_cache(maxsize=1)
def kingfisher_scanner() -> Callable[[str, str], tuple[str, list[Secret]]]:
    """Return what masks secrets by kingfisher's rules, offline: nothing is sent anywhere.

    Raises SousError where it is not installed.
    """
    try:
        from kingfisher_sdk import Rules, Scanner
    except ImportError as exc:
        raise SousError("kingfisher is not installed: pip install 'llm-sous[secrets]'") from exc
    found = Scanner(Rules(cache_dir=str(cache_folder() / "kingfisher")), dedup=False)

    def mask(text: str, _path: str) -> tuple[str, list[Secret]]:
        data = text.encode("utf-8", "surrogatepass")
        spans = []
        for finding in found.scan(data):
            if finding.visible:
                start, end = (
                    len(data[: finding.location[name]].decode("utf-8", "surrogatepass"))
                    for name in ("start_offset", "end_offset")
                )
                spans.append((start, end, finding.rule_id))
        return masked(text, spans)

    return mask
