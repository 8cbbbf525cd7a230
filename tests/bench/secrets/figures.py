"""What each engine makes of samples: recall on those that hold a secret, false alarms on those that hold none."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.bundle.secrets import mask_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sous.bundle.secrets import Secret

    Scan = Callable[[str, str], tuple[str, list[Secret]]]


@dataclass(frozen=True)
class Sample:
    """A text with or without a secret.

    `secret`: the characters that must not be left, where they are known; `other`: what else reports the text.
    """

    rule: str
    path: str
    text: str
    is_secret: bool
    secret: str = ""
    other: str = ""


def is_right(sample: Sample, scan: Scan) -> bool:
    """Tell whether the secret of a sample is gone, or nothing was masked where there is none."""
    text, found = scan(sample.text, sample.path)
    if not sample.is_secret:
        return not found
    return bool(found) and (not sample.secret or sample.secret.strip("\"' ") not in text)


def show(samples: Iterable[Sample], options: Iterable[str] = ()) -> None:
    """Print a table; with `--missed [ENGINE]` also what went wrong."""
    samples = list(samples)
    options = list(options)
    print("| engine | secrets masked | false alarms | of them no secret to any rule | seconds |\n|---|---|---|---|---|")
    wrong = {}
    for name, scan in engines().items():
        began = time.perf_counter()
        wrong[name] = [one for one in samples if not is_right(one, scan)]
        seconds = time.perf_counter() - began
        cells = []
        for is_secret in (True, False):
            total = sum(one.is_secret == is_secret for one in samples)
            bad = sum(one.is_secret == is_secret for one in wrong[name])
            count = total - bad if is_secret else bad
            cells.append(f"{count:,} of {total:,} ({count / max(total, 1):.1%})")
        clean = sum(not one.is_secret and not one.other for one in samples)
        bad = sum(not one.is_secret and not one.other for one in wrong[name])
        print(f"| {name} | {cells[0]} | {cells[1]} | {bad} of {clean} ({bad / max(clean, 1):.1%}) | {seconds:.1f} |")
    if "--missed" in options:
        bad_ones = wrong[options[-1] if options[-1] in wrong else "built in"]
        for rule, count in Counter(one.rule for one in bad_ones if one.is_secret).most_common():
            texts = [one.text[:160] for one in bad_ones if one.is_secret and one.rule == rule]
            print(f"{count:5} {rule}: {texts[:3]!r}")
        for one in bad_ones:
            if not one.is_secret:
                print(f"FALSE {one.rule} {one.other}: {one.text[:300]!r} -> {mask_secrets(one.text, one.path)[1]}")


def engines() -> dict[str, Scan]:
    """Return the engines that are installed, by name."""
    from sous.bundle.kingfisher import kingfisher_scanner

    return {"built in": mask_secrets, "with kingfisher": kingfisher_scanner()}
