"""What tables do with other packages, which are imported only then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._format import html_table
from ._import import needed

if TYPE_CHECKING:
    from ._acevo import Table


def to_pandas(table: Table) -> Any:
    """A pandas data frame. Missing numbers are NaN, missing texts `None`."""
    pandas = needed("pandas", "pandas")
    import numpy

    frame = pandas.DataFrame({name: numpy.asarray(table[name]) for name in table.column_names})
    for name in table.column_names:
        if table[name].dtype == "time":
            frame[name] = frame[name].dt.tz_localize("UTC")
    frame.attrs["units"] = table.units
    return frame


def to_polars(table: Table) -> Any:
    """A Polars data frame."""
    return needed("polars", "polars").DataFrame(table)


def to_arrow(table: Table) -> Any:
    """A pyarrow table, with units and notes in the metadata of its fields."""
    return needed("pyarrow", "pyarrow").table(table)


def text(table: Table) -> str:
    """The `repr` of a table."""
    names = table.column_names
    shown = ", ".join(names[:8]) + (f", … {len(names) - 8} more" if len(names) > 8 else "")
    return f"<Table: {len(table)} rows; {shown}>"


def html(table: Table) -> str:
    """The first rows, for a notebook."""
    names = table.column_names[:12]
    units = table.units
    head = [f"{name} ({units[name]})" if units[name] else name for name in names]
    part = table[:10].select(names).to_pydict()
    rows = [[_cell(part[name][row]) for name in names] for row in range(min(len(table), 10))]
    return html_table(text(table).strip("<>"), head, rows, len(table) - len(rows))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
