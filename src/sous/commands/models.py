"""`sous models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import llm

    from sous.models.window import Window


@click.command("models")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def models(names: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001  # click calls with keywords
    """Show how much models read and what they cost: NAME, or all that llm has here.

    What is not known shows as `?`, what is taken from a model of nearly that name as `~`. The
    figures are those that the installed genai-prices carries; --context-window N, or
    SOUS_CONTEXT_WINDOW, outranks them.
    """
    import json

    from sous.models.choose import choose_model, every_model
    from sous.terminal import write_stdout

    found = [choose_model(name, {}).model for name in names] if names else every_model()
    rows = [_row(model) for model in found]
    text = json.dumps(rows, indent=2) if as_json else "\n".join(_lines(rows))
    write_stdout(f"{text}\n".encode("utf-8", "replace"))


def _row(model: llm.Model) -> dict[str, Any]:
    from sous.models.price import price
    from sous.models.window import room_of, window_of

    window: Window | None = window_of(model, None)
    million = 1_000_000
    reading, writing = (
        price(model, input_tokens=million),
        price(model, input_tokens=0, output_tokens=million),
    )
    return {
        "model": model.model_id,
        "window": window.tokens if window else None,
        "window_source": window.source if window else None,
        "room": room_of(model, {}, window).tokens if window else None,
        "usd_per_million_in": None if reading.dollars is None else float(reading.dollars),
        "usd_per_million_out": None if writing.dollars is None else float(writing.dollars),
    }


def _lines(rows: list[dict[str, Any]]) -> list[str]:
    from sous.terminal import table

    cells = [("model", "reads", "for a bundle", "$ per million in", "out")]
    for row in rows:
        mark = "~" if row["window_source"] == "guessed" else ""
        cells.append(
            (
                row["model"],
                f"{mark}{row['window']:,}" if row["window"] else "?",
                f"{row['room']:,}" if row["room"] else "?",
                _dollars(row["usd_per_million_in"]),
                _dollars(row["usd_per_million_out"]),
            )
        )
    return list(table(cells))


def _dollars(value: float | None) -> str:
    return "?" if value is None else f"{value:.2f}"
