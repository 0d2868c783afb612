"""Texts: lap times, and tables for notebooks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence


def lap_time(seconds: float | None) -> str:
    """A lap time as the game shows it.

    >>> acevo.lap_time(91.0345)
    '1:31.034'
    >>> acevo.lap_time(None)
    '-'
    """
    if seconds is None or seconds != seconds:
        return "-"
    milliseconds = int(seconds * 1000 + 1e-6)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}:{rest // 1000:02}.{rest % 1000:03}" if minutes else f"{rest // 1000}.{rest % 1000:03}"


def natural(text: str) -> list[int | str]:
    """A key that sorts numbers in texts by their values.

    >>> sorted(["T10", "T2"], key=natural)
    ['T2', 'T10']
    """
    return [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", text)]


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], left_out: int = 0) -> str:
    """A table for a notebook."""
    cells = "".join(f"<th>{html.escape(title)}</th>" for title in head)
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    more = f"<p>… and {left_out} more</p>" if left_out > 0 else ""
    return (
        f"<div><p>{html.escape(caption)}</p><table><thead><tr>{cells}</tr></thead>"
        f"<tbody>{lines}</tbody></table>{more}</div>"
    )
