"""read -> process -> write: the files of a plan, one in memory at a time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from sous.bundle.cache import Cache, KnownFile
from sous.bundle.formats import writer_for
from sous.bundle.formats.document import Diffs
from sous.bundle.named import is_binary_name
from sous.bundle.summary import FoundSecret, Packed
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sous.bundle.counting import Counting
    from sous.bundle.formats.document import BundleDocument, Writer
    from sous.bundle.piece import FileEntry
    from sous.bundle.plan import BundlePlan
    from sous.bundle.recipe import Recipe
    from sous.bundle.select import File


# What a bundle that nothing has changed since does not need is imported where it is used: a tenth
# of such a run.
_LARGE = 1 << 20  # characters
_DIFF_HEAD = re.compile(r"diff --git |--- |\+\+\+ |rename |copy |Binary files ")


class Writable(Protocol):
    """What a bundle can be written to."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


class Nowhere:
    """Takes bytes and forgets them, for a run that only counts."""

    def write(self, data: bytes, /) -> None:
        """Take no notice."""


def write_bundle(
    stream: Writable,
    plan: BundlePlan,
    *,
    counting: bool = True,
    cache: Cache | None = None,
    on_file: Callable[[int, int], None] | None = None,
) -> Packed:
    """Write what was planned, one file in memory at a time.

    The same tree and recipe give the same bytes anywhere.

    What the cache has a copy of is taken from there. Without `counting`, tokens stay 0. `on_file`
    is called with how many of how many files are done.
    """
    from sous.bundle.counting import Counting

    packed = begun(plan)
    document, secrets = prepared(plan, cache)
    packed.secrets += secrets
    writer = writer_for(document, style=plan.recipe.style, parsable=plan.recipe.parsable)
    if cache:
        cache.count(packed.by_path)
    with Counting(packed, enabled=counting) as counts:
        out = _Output(stream, packed, counts, writer)
        out.text(writer.head())
        for number, file in enumerate(plan.files, 1):
            if on_file:
                on_file(number, len(plan.files))
            now = _written(file, plan, out, cache, counting=counting)
            _take(packed, file, now)
        out.text(writer.tail())
    return packed


def _written(
    file: File, plan: BundlePlan, out: _Output, cache: Cache | None, *, counting: bool
) -> KnownFile:
    """Write a file, from the cache's copy where there is one, and return what is known of it."""
    known = settled(file, plan) or (cache.get(file) if cache else None)
    data = cache.piece(known.start, known.start + known.length) if cache and known else None
    if known and (known.left_out or data is not None):
        now = out.copy(file, known, data)
        if cache:
            cache.keep(file, now)
        return now
    from sous.bundle.piece import numbered_cells, read_piece

    piece = read_piece(file, plan, known)
    has_text = plan.recipe.files and not piece.left_out
    text = out.writer.file(file.path, piece.text) if has_text else None
    if len(piece.text) > _LARGE:
        piece = piece._replace(text="")
    now = out.piece(file, piece, text, known)
    del text
    if counting and piece.notebook:
        text = numbered_cells(piece.notebook, plan.recipe)
        now = now._replace(cells=out.tokens_of(file, text))
    if cache:
        cache.put(file, piece.identity, now)
    return now


def begun(plan: BundlePlan) -> Packed:
    """Return what is known of a bundle before a file is packed."""
    return Packed(
        left_out={path: f"unreadable: {why}" for path, why in plan.unreadable.items()},
        by_default=plan.by_default,
        earlier=list(plan.earlier),
        manifest=list(plan.manifest),
        unmatched=plan.unmatched,
        generated=_marked_generated(plan.files),
    )


def _marked_generated(files: list[File]) -> dict[str, str]:
    """Return the files that a .gitattributes among them marks; see `marked_generated`."""
    if not any(file.name.endswith(".gitattributes") for file in files):
        return {}
    from sous.bundle.attributes import marked_generated

    return marked_generated(files)


class _Output:
    """Where a bundle goes: bytes to the stream, texts to the counting."""

    def __init__(self, stream: Writable, packed: Packed, counts: Counting, writer: Writer) -> None:
        self._stream = stream
        self._packed = packed
        self._counts = counts
        self.writer = writer
        self._separator = writer.separator.encode()

    def text(self, text: str) -> None:
        """Write a part that is no file."""
        self._put(text.encode("utf-8", "replace"))
        self._counts.add("", text)

    def copy(self, file: File, known: KnownFile, data: bytes | None) -> KnownFile:
        """Write a file as it stood in the last bundle; return what is known of it now."""
        if known.left_out or data is None:
            return known
        start = self._put_file(data)
        self._counts.add(file.path, "", known.tokens)
        return known._replace(start=start)

    def piece(
        self, file: File, piece: FileEntry, text: str | None, known: KnownFile | None
    ) -> KnownFile:
        """Write a file that was read, as `text`; return what is known of it now."""
        secrets = tuple((one.kind, one.line, one.digest) for one in piece.secrets)
        if text is None:
            return KnownFile(0, piece.left_out, secrets, note=piece.note, whole=piece.whole)
        data = text.encode("utf-8", "replace")
        self._counts.add(file.path, text, known.tokens if known else None)
        return KnownFile(0, "", secrets, self._put_file(data), len(data), piece.note, piece.whole)

    def tokens_of(self, file: File, text: str) -> int:
        """Return the tokens of a file if this was its text, 0 for none."""
        from sous.tokens import count_tokens

        return count_tokens(self.writer.file(file.path, text)) if text else 0

    def _put_file(self, data: bytes) -> int:
        if self._separator and self._packed.files:
            self._put(self._separator)
        start = self._packed.size
        self._put(data)
        return start

    def _put(self, data: bytes) -> None:
        self._stream.write(data)
        self._packed.size += len(data)


def unchanged(plan: BundlePlan, cache: Cache) -> Packed | None:
    """Return what was packed where the bundle that is there is, to the byte, what would be written.

    Else None.
    """
    packed = begun(plan)
    document, packed.secrets = prepared(plan, cache)
    writer = writer_for(document, style=plan.recipe.style, parsable=plan.recipe.parsable)
    head, tail = (text.encode("utf-8", "replace") for text in (writer.head(), writer.tail()))
    if cache.size < len(head) + len(tail):
        return None
    position = len(head)
    for file in plan.files:
        known = settled(file, plan) or cache.get(file)
        if known is None:
            return None
        _take(packed, file, known)
        if not known.left_out and plan.recipe.files:
            position += len(writer.separator) if packed.files > 1 else 0
            if known.start != position:
                return None
            position += known.length
            packed.by_path[file.path] = known.tokens
    if position + len(tail) != cache.size:
        return None
    if cache.piece(0, len(head)) != head or cache.piece(position, cache.size) != tail:
        return None
    packed.size = cache.size
    packed.tokens = sum(packed.by_path.values()) + cache.tokens_around
    return packed


def settled(file: File, plan: BundlePlan) -> KnownFile | None:
    """Return what is known of a file without a look at it."""
    if file.path in plan.listed_only:
        return KnownFile(left_out="by name")
    return KnownFile(left_out="binary") if is_binary_name(file.name) else None


def _take(packed: Packed, file: File, known: KnownFile) -> None:
    """Add a file to the summary."""
    if known.left_out:
        packed.left_out[file.path] = known.left_out
        if known.left_out.startswith("unreadable"):
            say(f"left out {file.path}, {known.left_out}")
        return
    packed.files += 1
    if known.secrets:
        packed.secrets += [FoundSecret(file.path, *one) for one in known.secrets]
    if known.cells:
        packed.as_cells[file.path] = known.cells
    if known.whole:
        packed.whole[file.path] = known.whole
    if known.note:
        packed.read_as[file.path] = known.note


_MAY_BE_SECRET = re.compile(r"[^\s,/]{16}")  # as `mask_names_in` looks at it


def _without_secrets(
    document: BundleDocument, allowed: Collection[str]
) -> tuple[BundleDocument, list[FoundSecret]]:
    """Mask secrets in what git told; return where they were."""
    told = (document.header_text, document.instruction, document.diffs, document.logs)
    if not any(told) and not any(map(_MAY_BE_SECRET.search, document.notes)):
        return document, []  # nearly always; the rules take a tenth of a run to load
    from sous.bundle.naming import mask_names_in
    from sous.bundle.secrets import mask_secrets

    found: list[FoundSecret] = []

    def safe(name: str, text: str) -> str:
        # of any kind of file, so quotes are not asked for
        masked, secrets = mask_secrets(text, "x.env", allowed)
        found.extend(FoundSecret(name, one.kind, one.line, one.digest) for one in secrets)
        return masked

    def safe_diff(name: str, text: str) -> str:
        lines = text.split("\n")
        lines = [mask_names_in(line) if _DIFF_HEAD.match(line) else line for line in lines]
        signs = [line[:1] if line[:1] in ("+", "-", " ") else "" for line in lines]
        bare = safe(
            name, "\n".join(line[len(sign) :] for sign, line in zip(signs, lines, strict=True))
        )
        return "\n".join(sign + line for sign, line in zip(signs, bare.split("\n"), strict=True))

    document = replace(
        document,
        header_text=safe("header text", document.header_text) if document.header_text else "",
        instruction=safe("instruction", document.instruction) if document.instruction else "",
        notes=tuple(map(mask_names_in, document.notes)),
    )

    if document.diffs:
        diffs = Diffs(
            safe_diff("git diff", document.diffs.work_tree),
            safe_diff("git diff --cached", document.diffs.staged),
        )
        document = replace(document, diffs=diffs)
    if document.logs:
        logs = tuple(
            one._replace(
                subject=safe("git log", one.subject), paths=tuple(map(mask_names_in, one.paths))
            )
            for one in document.logs
        )
        document = replace(document, logs=logs)
    return document, found


def prepared(
    plan: BundlePlan, cache: Cache | None = None
) -> tuple[BundleDocument, list[FoundSecret]]:
    """Return the document with secrets masked, the fence its contents need, and the secrets."""
    document = plan.document
    found: list[FoundSecret] = []
    if plan.recipe.secrets != "allow":
        document, found = _without_secrets(document, plan.recipe.allow_secrets)
        found += [FoundSecret(name, f"{kind} in the name", 0) for name, kind in plan.secret_names]
    if plan.recipe.style == "markdown":
        from sous.bundle.piece import read_piece
        from sous.document.fences import fence_for

        diffs = (document.diffs.work_tree, document.diffs.staged) if document.diffs else ()
        contents = (
            read_piece(file, plan, cache.get(file) if cache else None).text
            for file in (plan.files if document.files else ())
        )
        document = replace(document, fence=fence_for(document.tree or "", *diffs, others=contents))
    return document, found


def cache_for(recipe: Recipe) -> Cache:
    """Return the memory of this way of packing."""
    key: object = replace(recipe, include=(), ignore=(), listed=(), header_text="", instruction="")
    if recipe.compress or recipe.remove_comments or recipe.patterns:
        from sous.project.parsing import is_installed

        key = (key, is_installed())
    return Cache(key)
