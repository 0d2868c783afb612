"""Two laps compared: where time is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._format import html_table, lap_time

if TYPE_CHECKING:
    from ._acevo import Table
    from ._laps import Lap


class Comparison:
    """A lap compared with a reference lap.

    >>> laps = acevo.open(race).laps.pick_accurate()
    >>> comparison = acevo.compare(laps[0], laps.pick_fastest())
    >>> round(comparison.delta["delta_s"][-1] - (laps[0].time - laps.pick_fastest().time), 1) == 0
    True
    >>> comparison.corners[0]["lost_s"] >= comparison.corners[-1]["lost_s"]
    True
    """

    def __init__(self, lap: Lap, reference: Lap) -> None:
        #: The lap.
        self.lap: Lap = lap
        #: The reference lap.
        self.reference: Lap = reference
        delta, compared = lap.recording._file.compare(lap._key, reference.recording._file, reference._key)
        #: Time lost over the lap: the columns `lap_position`, `distance_m` and `delta_s`, which is positive if the lap is slower.
        self.delta: Table = delta
        losses = (compared or {}).get("losses") or []
        #: What differs in each corner: the one with the greatest loss comes first.
        self.corners: list[dict[str, Any]] = losses
        #: Seconds lost from the line to the first braking zone; `None` if it is not known.
        self.rest: float | None = (compared or {}).get("rest_s")

    @property
    def total(self) -> float | None:
        """Difference of the lap times in seconds; positive if the lap is slower."""
        if self.lap.time is None or self.reference.time is None:
            return None
        return self.lap.time - self.reference.time

    def plot(self, **options: Any) -> Any:
        """Draws speeds and delta over the distance. Needs matplotlib."""
        from ._plot import plot_comparison

        return plot_comparison(self, **options)

    def __repr__(self) -> str:
        total = "no time" if self.total is None else f"{self.total:+.3f} s"
        return f"<Comparison of {self.lap.id} with {self.reference.id}: {total}>"

    def _repr_html_(self) -> str:
        def number(value: float | None, digits: int = 1, sign: str = "+") -> str:
            return "" if value is None else f"{value:{sign}.{digits}f}"

        head = ["Corner", "Lost (s)", "Braking earlier (m)", "Entry (km/h)", "Minimum (km/h)", "Exit (km/h)"]
        rows = [
            [
                str(corner["title"]),
                number(corner["lost_s"], 3),
                number(corner["braking_earlier_m"], 0),
                number(corner["entry_kmh"]),
                number(corner["min_kmh"]),
                number(corner["exit_kmh"]),
            ]
            for corner in self.corners
        ]
        caption = f"{lap_time(self.lap.time)} against {lap_time(self.reference.time)}"
        return html_table(caption, head, rows)


def compare(lap: Lap, reference: Lap) -> Comparison:
    """Compares a lap with a reference lap on the same track, of the same or of another recording.

    >>> laps = acevo.open(race).laps.pick_accurate()
    >>> acevo.compare(laps[1], laps[1]).total
    0.0
    """
    return Comparison(lap, reference)
