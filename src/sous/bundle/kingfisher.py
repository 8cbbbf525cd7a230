"""Secrets as MongoDB's kingfisher finds them, beside our own rules: the extra `secrets`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sous.bundle.secret_allow import not_allowed
from sous.bundle.secrets import Secret, is_plausible, masked, secret_spans
from sous.errors import SousError
from sous.programs import install_line
from sous.state import cache_folder

if TYPE_CHECKING:
    from collections.abc import Collection

    from sous.bundle.secrets import SecretScan


@lru_cache(maxsize=1)
def kingfisher_scanner() -> SecretScan:
    """Return what masks secrets by kingfisher's rules and ours, offline: nothing is sent anywhere.

    Raises SousError where it is not installed.
    """
    try:
        from kingfisher_sdk import Rules
        from kingfisher_sdk import Scanner as Kingfisher
    except ImportError as exc:
        line = install_line("kingfisher-secret-scanner")
        raise SousError(f"kingfisher is not installed: {line}") from exc
    found = Kingfisher(Rules(cache_dir=str(cache_folder() / "kingfisher")), dedup=False)

    def mask(text: str, path: str = "", allowed: Collection[str] = ()) -> tuple[str, list[Secret]]:
        data = text.encode("utf-8", "surrogatepass")
        spans = list(secret_spans(text, path))
        for finding in found.scan(data):
            if finding.visible:
                start, end = (
                    len(data[: finding.location[name]].decode("utf-8", "surrogatepass"))
                    for name in ("start_offset", "end_offset")
                )
                if is_plausible(text[start:end]):
                    spans.append((start, end, finding.rule_id))
        return masked(text, not_allowed(text, spans, allowed))

    return mask
