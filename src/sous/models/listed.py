"""Which models genai-prices knows: of one that it does not, its data are not loaded again."""

from __future__ import annotations

import contextlib
import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from sous.errors import SousError
from sous.store import cache_store

_KIND = "unlisted"


@lru_cache(maxsize=100)
def is_listed(names: tuple[str, ...]) -> bool:
    """Tell whether genai-prices has a model by one of these names.

    Loading its data takes longer than all else that stands between a bundle and its prompt, and
    what serves a local model has a name that nobody lists.
    """
    key = _key(names)
    if cache_store().get(_KIND, [key]):
        return False
    from genai_prices import data_snapshot

    snapshot = data_snapshot.get_snapshot()
    for name in names:
        with contextlib.suppress(LookupError):
            snapshot.find_provider_model(name, None, None, None)
            return True
    with contextlib.suppress(SousError):  # it is looked up again
        cache_store().put(_KIND, {key: b""})
    return False


def _key(names: tuple[str, ...]) -> str:
    """Return a key that another version of the data does not share."""
    spec = find_spec("genai_prices")
    data = Path(spec.origin or "").with_name("data.py") if spec else Path()
    status = data.stat()
    facts = (status.st_size, status.st_mtime_ns, names)
    return hashlib.blake2b(repr(facts).encode("utf-8", "replace")).hexdigest()
