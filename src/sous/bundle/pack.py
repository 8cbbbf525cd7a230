"""plan -> write: pack folders into one file, and know later how it was done."""

from __future__ import annotations

import contextlib
import io
import itertools
from typing import TYPE_CHECKING, final

from sous.bundle.plan import plan_bundle
from sous.bundle.recipe import Order, recipe_of
from sous.bundle.remembered import new_hash, order_of, remember, remember_made
from sous.bundle.sniff import bundle_kind
from sous.bundle.target import check_bundle_target, why_kept
from sous.bundle.write import Nowhere, begun, cache_for, prepared, unchanged, write_bundle
from sous.errors import SousError
from sous.files import bounds_of, remove_file, replacing
from sous.tokens import preload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from sous.bundle.cache import Cache
    from sous.bundle.plan import BundlePlan
    from sous.bundle.recipe import Recipe
    from sous.bundle.summary import Packed
    from sous.bundle.write import Writable
    from sous.settings import Settings


def pack_to_file(
    path: Path,
    order: Order,
    *,
    root: Path,
    settings: Settings | None = None,
    on_file: Callable[[int, int], None] | None = None,
    cached: bool = True,
    counting: bool = True,
) -> Packed:
    """Pack into `path`, which is replaced whole, and remember how.

    `Packed.changed` tells whether the bundle differs from the file before. `settings`: those that
    are meant, see `recipe_of`; such a bundle is not packed again by itself.

    Raises SousError.
    """
    recipe = recipe_of(order, root=root, settings=settings)
    cache = _cache(recipe, cached=cached and counting, counting=counting)
    plan = _final_plan(order, recipe, root=root, output=path, cache=cache)
    fence = prepared(plan, cache)[0].fence
    try:
        if cache:
            cache.open_bundle(path, fence)
            if same := unchanged(plan, cache):
                _refuse_secrets(recipe, same)
                remember(path, order if settings is None else None)
                same.changed = False
                return same
        with (
            replacing(path, root=bounds_of(path, root), durable=False) as stream,
            _Compared(stream, path) as compared,
        ):
            packed = write_bundle(compared, plan, cache=cache, on_file=on_file, counting=counting)
            _refuse_secrets(recipe, packed)
            if cache:
                cache.close()
    finally:
        if cache:
            cache.close()
    remember(path, order if settings is None else None)
    if cache:
        cache.save(path, fence, packed.tokens - sum(packed.by_path.values()))
    packed.changed = compared.differs
    return packed


@final
class _Compared:
    """Passes bytes on and compares them with the file that they will replace.

    Afterwards `differs` tells.
    """

    def __init__(self, stream: Writable, path: Path) -> None:
        self._stream = stream
        self._old = path.open("rb") if path.is_file() else None
        self.differs = self._old is None

    def __enter__(self) -> _Compared:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Close the old file, so that it can be replaced."""
        if self._old is not None:
            self.differs = self.differs or bool(self._old.read(1))
            self._old.close()

    def write(self, data: bytes, /) -> None:
        """Take some bytes."""
        self._stream.write(data)
        if not self.differs and self._old is not None:
            self.differs = self._old.read(len(data)) != data


class _Hashed:
    """Passes bytes on; `digest` knows them."""

    def __init__(self, stream: Writable) -> None:
        self._stream = stream
        self.digest = new_hash()

    def write(self, data: bytes, /) -> None:
        """Take some bytes."""
        self._stream.write(data)
        self.digest.update(data)


def pack_to_stream(
    stream: Writable,
    order: Order,
    *,
    root: Path,
    settings: Settings | None = None,
    counting: bool = True,
    on_file: Callable[[int, int], None] | None = None,
    cached: bool = True,
) -> Packed:
    """Pack into an open stream. Raises SousError."""
    recipe = recipe_of(order, root=root, settings=settings)
    cache = _cache(recipe, cached=cached and counting, counting=counting)
    plan = _final_plan(order, recipe, root=root, cache=cache)
    if recipe.secrets == "fail":  # nothing may have gone out by then
        _refuse_secrets(recipe, write_bundle(Nowhere(), plan, counting=False, cache=cache))
    hashed = _Hashed(stream)
    packed = write_bundle(hashed, plan, counting=counting, cache=cache, on_file=on_file)
    remember_made(hashed.digest.hexdigest())
    if cache and counting:
        cache.save(None, "", 0)
    return packed


def pack_parts(
    path: Path,
    order: Order,
    *,
    root: Path,
    settings: Settings | None = None,
    on_file: Callable[[int, int], None] | None = None,
    cached: bool = True,
    counting: bool = True,
) -> Packed:
    """Pack into numbered files beside `path` (output.1.txt, …) of at most `Recipe.split`."""
    from sous.bundle.split import part_path, split_plan

    recipe = recipe_of(order, root=root, settings=settings)
    cache = _cache(recipe, cached=cached and counting, counting=counting)
    plan = _final_plan(order, recipe, root=root, output=path, cache=cache)
    total = begun(plan)
    total.parts = 0
    with contextlib.ExitStack() as stack:
        for number, part in enumerate(split_plan(plan), 1):
            name = part_path(path, number)
            check_bundle_target(name, root=root, force=False, named=False)
            stream = stack.enter_context(replacing(name, root=bounds_of(name, root), durable=False))
            total.add(write_bundle(stream, part, cache=cache, on_file=on_file, counting=counting))
        _refuse_secrets(recipe, total)
    for number in range(1, total.parts + 1):
        remember(part_path(path, number), None)
    for number in itertools.count(total.parts + 1):  # of a run before that needed more
        left_over = part_path(path, number)
        if bundle_kind(left_over) != "sous" or why_kept(left_over):
            break
        remove_file(left_over)
    return total


def _cache(recipe: Recipe, *, cached: bool, counting: bool) -> Cache | None:
    """Return the memory of this way of packing.

    None for a budget, where a file may go in another way each time.
    """
    cache = cache_for(recipe) if cached and recipe.budget is None else None
    if counting and (cache is None or cache.is_empty):
        preload()
    return cache


def _final_plan(
    order: Order,
    recipe: Recipe,
    *,
    root: Path,
    output: Path | None = None,
    cache: Cache | None = None,
) -> BundlePlan:
    plan = plan_bundle(
        recipe,
        root=root,
        output=output,
        is_known=cache.knows if cache else None,
        plain_names=cache.plain_names if cache else "",
    )
    if cache:
        cache.plain_names = plan.plain_names
    given = [*order.given.get("include", ()), *order.given.get("ignore", ())]
    unmatched = plan.without_match(given)
    if recipe.budget is not None:
        from sous.bundle.budget import fitted

        plan = fitted(plan)
    plan.unmatched = unmatched
    return plan


def _refuse_secrets(recipe: Recipe, packed: Packed) -> None:
    if recipe.secrets == "fail" and packed.secrets:
        lines = "; ".join(packed.secret_lines())
        raise SousError(
            f"secrets are in the files, nothing was written: {lines}. Remove them, or use "
            "--secrets mask"
        )


def pack_to_text(path: str, *, cwd: Path, root: Path) -> str:
    """Return the bundle that `sous bundle PATH -o -` prints in `cwd` (no path: all of `cwd`).

    Raises SousError.
    """
    stream = io.BytesIO()
    pack_to_stream(stream, Order(cwd, (path,) if path else ()), root=root, counting=False)
    return stream.getvalue().decode()


def renew(path: Path, *, root: Path) -> bool:
    """Pack again what `sous` packed into `path`, in the same way; tell whether the bundle changed.

    A bundle of somebody else, or one changed by hand, is left alone. Raises SousError.
    """
    order = order_of(path)
    if order is None:
        return False
    if not order.cwd.is_dir() or not all((order.cwd / one).exists() for one in order.paths):
        what = ", ".join(order.paths) or str(order.cwd)
        raise SousError(
            f"{path} was packed from {what}, which no longer exists; "
            "pack again: sous bundle --project"
        )
    return pack_to_file(path, order, root=root).changed
