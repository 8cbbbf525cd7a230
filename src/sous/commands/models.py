"""`sous models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import llm

    from sous.models.price import Cost
    from sous.models.window import Window

_USUAL = 100_000  # tokens of a prompt; much longer ones have another price with some models


@click.command("models")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def models(names: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001  # click calls with keywords
    """Show how much models read and what they cost: NAME, or all that llm has here.

    What is not known shows as `?`, what is taken from a model of nearly that name as `~`. The
    figures are those that the installed genai-prices carries; --context-window N, or
    SOUS_CONTEXT_WINDOW, outranks them. Prices are those of a prompt of 100,000 tokens; some models
    charge more a token for much longer ones, which --dry-run shows.
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
    reading, writing = (
        price(model, input_tokens=_USUAL),
        price(model, input_tokens=0, output_tokens=_USUAL),
    )
    return {
        "model": model.model_id,
        "window": window.tokens if window else None,
        "window_source": window.source if window else None,
        "room": room_of(model, {}, window).tokens if window else None,
        "usd_per_million_in": _of_a_million(reading),
        "usd_per_million_out": _of_a_million(writing),
    }


def _of_a_million(cost: Cost) -> float | None:
    return None if cost.dollars is None else float(cost.dollars * 1_000_000 / _USUAL)


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
