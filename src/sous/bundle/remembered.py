"""What is remembered of each packed bundle: how it was packed, and a hash of the result."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sous.bundle.recipe import Order
from sous.errors import SousError
from sous.state import change_state, read_state, write_state

if TYPE_CHECKING:
    from pathlib import Path


_MADE = "bundles/made.json"  # the hashes of what went to stdout, which may be in any file now
_MOST_MADE = 200
_LARGEST = 2_000_000_000  # bytes of a bundle
_HASH = "blake2b"  # a tenth of the time of packing a large tree again went into SHA-256
_HASH_BEFORE = "sha256"  # which is why the key of the state is called so


def _state_name(path: Path) -> str:
    where = str(path.resolve()).encode("utf-8", "surrogateescape")
    return f"bundles/{hashlib.sha256(where).hexdigest()[:32]}.json"


def _identity(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def remember(path: Path, order: Order | None, *, by_packer: bool = False) -> None:
    """Keep how `path` was packed (None: not to be packed again in the same way) and its hash.

    `by_packer`: by the project's own packer, in our name.
    """
    try:
        identity = _identity(path)
        known = read_state(_state_name(path))
        digest = known.get("sha256") if known.get("identity") == identity else None
        made = {"path": str(path), "identity": identity, "sha256": digest or hash_of(path)}
        write_state(
            _state_name(path),
            {**made, "order": order.as_json() if order else None, "by_packer": by_packer},
            durable=False,
        )
    except (SousError, OSError):
        return  # without the memory the bundle is only never renewed by itself


def remember_made(digest: str) -> None:
    """Keep the hash of a bundle that did not go to a file of ours to write."""
    try:
        with change_state(_MADE) as known:
            hashes = [one for one in _made(known) if one != digest]
            known["sha256"] = [*hashes, digest][-_MOST_MADE:]
    except (SousError, OSError):
        return


def _made(known: dict[str, Any]) -> list[Any]:
    hashes = known.get("sha256")
    return hashes if isinstance(hashes, list) else []


def is_recorded(path: Path) -> bool:
    """Tell whether anything is known of a bundle in `path`, of how it is now or was before."""
    return bool(read_state(_state_name(path)))


def is_as_packed(path: Path) -> bool:
    """Tell whether `path` is a bundle that we packed, and nobody changed it since."""
    return _is_as_packed(path, read_state(_state_name(path)))


def _is_as_packed(path: Path, known: dict[str, Any]) -> bool:
    try:
        identity, before = _identity(path), known.get("identity")
        # the version before kept no hash, and no third number
        if before in (identity, identity[:2]):
            return True
        hashes = [known.get("sha256"), *_made(read_state(_MADE))]
        return any(hashes) and any(hash_of(path, kind) in hashes for kind in (_HASH, _HASH_BEFORE))
    except OSError:
        return False


def is_by_packer(path: Path) -> bool:
    """Tell whether the project's own packer made the bundle in `path` for us, as it is now."""
    known = read_state(_state_name(path))
    try:
        return bool(known.get("by_packer")) and (
            known.get("identity") == _identity(path) or known.get("sha256") == hash_of(path)
        )
    except OSError:
        return False


def order_of(path: Path) -> Order | None:
    """Return how `sous` packed the bundle in `path`.

    None for somebody else's, or one changed since.
    """
    known = read_state(_state_name(path))
    if not known.get("order") or not _is_as_packed(path, known):
        return None
    try:
        return Order.from_json(known["order"])
    except (KeyError, TypeError, ValueError):
        return None


def new_hash() -> hashlib._Hash:
    """Return what bundles are told apart by."""
    return hashlib.new(_HASH)


def hash_of(path: Path, kind: str = _HASH) -> str:
    """Return the hash of a file, without reading what no bundle is as large as.

    Raises OSError.
    """
    if path.stat().st_size > _LARGEST:
        return f"more than {_LARGEST} bytes"
    digest = hashlib.new(kind)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
