"""Laps: one of them, and lists of them with the verbs of FastF1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Literal, overload

from . import _acevo
from ._errors import ArgumentError, LapNotFoundError
from ._format import html_table, lap_time

if TYPE_CHECKING:
    from ._acevo import Table
    from ._recording import Recording, Session

#: Channels of `Lap.telemetry` without a choice.
DRIVING = ("speed", "throttle", "brake", "steering", "gear", "rpm", "g_lateral", "g_longitudinal", "position_x", "position_z")


class Lap:
    """A lap of a recording.

    Times are in seconds. A value that is not certain is `None`; nothing is guessed.

    >>> lap = acevo.open(race).laps.pick_fastest()
    >>> lap.counts, lap.kind
    (True, 'flying')
    >>> len(lap.sectors)
    3
    """

    __slots__ = ("_data", "session")

    #: The session in which it was driven.
    session: Session

    def __init__(self, session: Session, data: dict[str, Any]) -> None:
        self.session = session
        self._data = data

    @property
    def recording(self) -> Recording:
        """The recording."""
        return self.session.recording

    @property
    def number(self) -> int:
        """Number of the lap in its session, from 1, as the game counts."""
        return int(self._data["number"])

    @property
    def attempt(self) -> int:
        """Number of the attempt, from 1: a lap that was broken off and the next one have the same number."""
        return int(self._data["attempt"])

    @property
    def id(self) -> str:
        """The lap as commands select it: `2/3` is lap 3 of session 2, `2/3#2` its second attempt."""
        return str(self._data["id"])

    @property
    def time(self) -> float | None:
        """Lap time of the game in seconds; `None` if it is not certain that it belongs to this lap."""
        milliseconds = self._data["time_ms"]
        return None if milliseconds is None else milliseconds / 1000

    @property
    def sectors(self) -> list[float | None]:
        """Sector times in seconds. They add up to the lap time."""
        return [None if time is None else time / 1000 for time in self._data["sectors_ms"]]

    @property
    def stint(self) -> int:
        """Number of the stint in the session, from 1."""
        return int(self._data["stint"])

    @property
    def kind(self) -> Literal["flying", "out", "in", "pit"]:
        """Whether it began (`out`) or ended (`in`) in the pits, both (`pit`), or neither (`flying`)."""
        kind: Literal["flying", "out", "in", "pit"] = self._data["kind"]
        return kind

    @property
    def is_complete(self) -> bool:
        """It was seen from its beginning to its end."""
        return self._data["incomplete"] is None

    @property
    def incomplete(self) -> str | None:
        """Why it is not complete, such as `joined` or `restarted`."""
        reason: str | None = self._data["incomplete"]
        return reason

    @property
    def is_valid(self) -> bool | None:
        """Whether the game counts it; `None` if that is not known."""
        return {"valid": True, "invalid": False}.get(self._data["validity"]["is"])

    @property
    def invalid_reason(self) -> str | None:
        """Why it does not count, such as `track_limits`, as far as the pages show it."""
        reason: str | None = self._data["validity"].get("reason")
        return reason

    @property
    def counts(self) -> bool:
        """It counts for best times: it is complete and valid and has a time."""
        return bool(self._data["counts"])

    @property
    def start(self) -> float:
        """When it began, in seconds since the start of the recording."""
        return float(self._data["from_s"])

    @property
    def end(self) -> float:
        """When it ended, in seconds since the start of the recording."""
        return float(self._data["to_s"])

    @property
    def began(self) -> datetime | None:
        """When it began (UTC); `None` if the recording has no date."""
        return self.recording._date(self._data["from_us"])

    @property
    def driver(self) -> str:
        """Name of the driver; empty if the game published none."""
        return self.session.driver

    @property
    def car(self) -> str:
        """Name of the car."""
        return self.session.car

    @property
    def track(self) -> str:
        """Name of the track."""
        return self.session.track

    @property
    def layout(self) -> str:
        """Layout of the track; may be empty."""
        return self.session.layout

    @property
    def fuel_used(self) -> float | None:
        """Fuel burned, litres."""
        used: float | None = self._data["fuel_used_l"]
        return used

    @property
    def missed(self) -> int:
        """Physics packets of the lap that are not in the recording."""
        return int(self._data["missed"])

    @property
    def stats(self) -> dict[str, Any]:
        """Everything that the analysis has found, with minimum, mean and maximum of speeds, temperatures and pressures."""
        return dict(self._data)

    def _summary(self, name: str, part: Literal["min", "mean", "max"]) -> float | None:
        value = (self._data.get(name) or {}).get(part)
        return None if value is None else float(value)

    @property
    def top_speed(self) -> float | None:
        """Maximum speed, km/h."""
        return self._summary("speed_kmh", "max")

    def telemetry(
        self,
        channels: Sequence[str] | str | None = None,
        *rest: str,
        rate: float | None = None,
        by: Literal["time", "distance"] = "time",
        step: float = 1.0,
        units: str = "game",
    ) -> Table:
        """The values of channels over the lap.

        The table begins at the line, with the columns `time_s`, `distance_m` and `lap_position`. By default it has a row for each packet of
        the game, 333 per second. `rate` resamples to rows per second, `by="distance"` to a row each `step` metres. Both take means of
        what lies around a row, so that no phase is shifted; flags, gears and texts have their newest value.

        `units` is `game`, `metric`, `kpa` or `imperial`.

        >>> lap = acevo.open(race).laps.pick_fastest()
        >>> table = lap.telemetry("speed", "gear", rate=60)
        >>> table.column_names
        ['time_s', 'distance_m', 'lap_position', 'speed', 'gear']
        >>> table = lap.telemetry(["speed"], by="distance", step=5)
        >>> table["distance_m"][:3].to_pylist()
        [0.0, 5.0, 10.0]
        """
        chosen = _names(channels, rest)
        table = self.recording._file.lap_table(
            list(DRIVING) if chosen is None else chosen,
            self._data["from_us"],
            self._data["to_us"],
            self._data["time_ms"] if self.is_complete else None,
            units,
        )
        if by == "distance":
            return table.resample(step=step)
        if by != "time":
            raise ArgumentError(f"by: {by}: expected time or distance")
        return table if rate is None else table.resample(rate=rate)

    def corners(self) -> list[dict[str, Any]]:
        """What the driver did in each corner: braking point, speeds, gear, throttle.

        >>> corners = acevo.open(race).laps.pick_fastest().corners()
        >>> sorted(corners[0])
        ['braking_m', 'entry_kmh', 'exit_kmh', 'gear', 'min_kmh', 'number', 'throttle_on_m', 'time_s', 'title']
        """
        return self.recording._file.corners(*self._key)

    def plot(self, channels: Sequence[str] | str | None = None, **options: Any) -> Any:
        """Draws channels over the distance. Needs matplotlib."""
        from ._plot import TRACES, plot_lap

        return plot_lap(self, TRACES if channels is None else channels, **options)

    def plot_map(self, color: str = "speed", **options: Any) -> Any:
        """Draws the line of the lap seen from above, coloured by a channel. Needs matplotlib."""
        from ._plot import plot_map

        return plot_map(self, color, **options)

    @property
    def _key(self) -> tuple[int, int, int]:
        return int(self._data["session"]), self.number, self.attempt

    def __repr__(self) -> str:
        notes = [self.kind] + ([f"incomplete: {self.incomplete}"] if self.incomplete else [])
        if self.is_valid is False:
            notes.append("invalid")
        return f"<Lap {self.id}: {lap_time(self.time)}, {', '.join(notes)}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lap):
            return NotImplemented
        return (self.recording.path, self._key) == (other.recording.path, other._key)

    def __hash__(self) -> int:
        return hash((self.recording.path, self._key))


class Laps:
    """Laps, in the order in which they were driven.

    It is a sequence of `Lap`s with the verbs of FastF1, each of which returns other laps. It is also a table: pandas, Polars, pyarrow and
    DuckDB take it by the Arrow interface.

    >>> laps = acevo.open(race).laps
    >>> laps.pick_accurate().pick_wo_box().pick_quicklaps()
    <5 laps, best 1:24.869>
    >>> [lap.number for lap in laps[:2]]
    [1, 2]
    """

    def __init__(self, laps: Iterable[Lap]) -> None:
        self._laps = list(laps)

    def __len__(self) -> int:
        return len(self._laps)

    def __contains__(self, lap: object) -> bool:
        return lap in self._laps

    def __iter__(self) -> Iterator[Lap]:
        return iter(self._laps)

    @overload
    def __getitem__(self, index: int) -> Lap: ...
    @overload
    def __getitem__(self, index: slice) -> Laps: ...
    def __getitem__(self, index: int | slice) -> Lap | Laps:
        if isinstance(index, slice):
            return Laps(self._laps[index])
        return self._laps[index]

    def filter(self, condition: Callable[[Lap], object]) -> Laps:
        """The laps for which a function returns something true."""
        return Laps(lap for lap in self._laps if condition(lap))

    def pick_fastest(self) -> Lap:
        """The fastest lap that counts. Of equal laps it is the first one.

        Raises `LapNotFoundError` if none counts.
        """
        counting = [lap for lap in self._laps if lap.counts]
        if not counting:
            raise LapNotFoundError(f"none of the {len(self)} laps is complete and valid")
        return min(counting, key=lambda lap: lap.time or float("inf"))

    def pick_laps(self, numbers: int | Iterable[int]) -> Laps:
        """The laps with these numbers."""
        wanted = _numbers(numbers)
        return self.filter(lambda lap: lap.number in wanted)

    def pick_drivers(self, names: str | Iterable[str]) -> Laps:
        """The laps of drivers, by their names or parts of them; case does not matter."""
        return self._pick(names, lambda lap: lap.driver)

    def pick_cars(self, names: str | Iterable[str]) -> Laps:
        """The laps with cars, by their names or parts of them."""
        return self._pick(names, lambda lap: f"{lap.car} {lap.session.car_key}")

    def pick_tracks(self, names: str | Iterable[str]) -> Laps:
        """The laps on tracks, by parts of the names of track and layout."""
        return self._pick(names, lambda lap: f"{lap.track} {lap.layout} {lap.session.track_key}")

    def _pick(self, names: str | Iterable[str], of: Callable[[Lap], str]) -> Laps:
        wanted = [name.casefold() for name in ([names] if isinstance(names, str) else names)]
        return self.filter(lambda lap: any(name in of(lap).casefold() for name in wanted))

    def pick_sessions(self, numbers: int | Iterable[int]) -> Laps:
        """The laps of sessions, by their numbers in the recording."""
        wanted = _numbers(numbers)
        return self.filter(lambda lap: lap.session.number in wanted)

    def pick_stints(self, numbers: int | Iterable[int]) -> Laps:
        """The laps that ended in stints with these numbers."""
        wanted = _numbers(numbers)
        return self.filter(lambda lap: lap.stint in wanted)

    def pick_accurate(self) -> Laps:
        """The laps that were seen from line to line and have a time."""
        return self.filter(lambda lap: lap.is_complete and lap.time is not None)

    def pick_not_deleted(self) -> Laps:
        """The laps that the game counts."""
        return self.filter(lambda lap: lap.is_valid)

    def pick_wo_box(self) -> Laps:
        """The laps that neither began nor ended in the pits."""
        return self.filter(lambda lap: lap.kind == "flying")

    def pick_box_laps(self, which: Literal["in", "out", "both"] = "both") -> Laps:
        """The laps that began (`out`) or ended (`in`) in the pits, or either (`both`)."""
        kinds = {"in": {"in", "pit"}, "out": {"out", "pit"}, "both": {"in", "out", "pit"}}
        if which not in kinds:
            raise ArgumentError(f"which: {which}: expected in, out or both")
        return self.filter(lambda lap: lap.kind in kinds[which])

    def pick_quicklaps(self, threshold: float = 1.07) -> Laps:
        """The laps that are at most this factor slower than the fastest lap that counts."""
        times = [lap.time for lap in self._laps if lap.counts and lap.time is not None]
        limit = min(times, default=0.0) * threshold
        return self.filter(lambda lap: lap.time is not None and lap.time < limit)

    def sorted_by_time(self) -> Laps:
        """The same laps, the fastest first; those without a time are last."""
        return Laps(sorted(self._laps, key=lambda lap: float("inf") if lap.time is None else lap.time))

    def to_table(self) -> Table:
        """A table with a row for each lap.

        >>> acevo.open(race).laps.to_table()["time_s"].unit
        's'
        """
        sectors = max((len(lap.sectors) for lap in self._laps), default=0)
        columns: list[tuple[str, str, str, str, list[Any]]] = [
            ("session", "int32", "", "Session", [lap.session.number for lap in self]),
            ("lap", "int32", "", "Lap", [lap.number for lap in self]),
            ("attempt", "int32", "", "Attempt", [lap.attempt for lap in self]),
            ("stint", "int32", "", "Stint", [lap.stint for lap in self]),
            ("kind", "text", "", "Flying, in or out lap", [lap.kind for lap in self]),
            ("time_s", "float64", "s", "Lap time", [lap.time for lap in self]),
        ]
        for index in range(sectors):
            times = [lap.sectors[index] if index < len(lap.sectors) else None for lap in self]
            columns.append((f"sector_{index + 1}_s", "float64", "s", f"Sector {index + 1}", times))
        summaries = [
            ("speed_min", "km/h", "Minimum speed", "speed_kmh", "min"),
            ("speed_mean", "km/h", "Mean speed", "speed_kmh", "mean"),
            ("speed_max", "km/h", "Maximum speed", "speed_kmh", "max"),
            ("air_temp", "°C", "Air temperature", "air_c", "mean"),
            ("road_temp", "°C", "Road temperature", "road_c", "mean"),
        ]
        microsecond = timedelta(microseconds=1)
        epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
        dates = [lap.began for lap in self]
        columns += [
            ("counts", "bool", "", "Complete and valid", [lap.counts for lap in self]),
            ("is_valid", "bool", "", "The game counts it", [lap.is_valid for lap in self]),
            ("invalid_reason", "text", "", "Why it does not count", [lap.invalid_reason for lap in self]),
            ("incomplete", "text", "", "Why it is not complete", [lap.incomplete for lap in self]),
            ("began", "time", "", "When it began", [None if date is None else (date - epoch) // microsecond for date in dates]),
            ("start_s", "float64", "s", "Beginning in the recording", [lap.start for lap in self]),
            ("end_s", "float64", "s", "End in the recording", [lap.end for lap in self]),
            ("fuel_used_l", "float64", "l", "Fuel burned", [lap.fuel_used for lap in self]),
            *(
                (name, "float64", unit, title, [lap._summary(of, part) for lap in self])  # type: ignore[arg-type]
                for name, unit, title, of, part in summaries
            ),
            ("missed", "int64", "", "Packets missed", [lap.missed for lap in self]),
            ("driver", "text", "", "Driver", [lap.driver for lap in self]),
            ("car", "text", "", "Car", [lap.car for lap in self]),
            ("track", "text", "", "Track", [lap.track for lap in self]),
            ("layout", "text", "", "Layout", [lap.layout for lap in self]),
            ("file", "text", "", "Recording", [str(lap.recording.path) for lap in self]),
        ]
        return _acevo.make_table(columns)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_table().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self.to_table().__arrow_c_schema__()

    def to_pandas(self) -> Any:
        """The laps as a pandas data frame."""
        return self.to_table().to_pandas()

    def to_polars(self) -> Any:
        """The laps as a Polars data frame."""
        return self.to_table().to_polars()

    def _times(self) -> list[float]:
        return [lap.time for lap in self if lap.counts and lap.time is not None]

    def __repr__(self) -> str:
        count = "1 lap" if len(self) == 1 else f"{len(self)} laps"
        times = self._times()
        return f"<{count}, best {lap_time(min(times))}>" if times else f"<{count}>"

    def _repr_html_(self) -> str:
        rows = [
            [lap.id, lap_time(lap.time), *(lap_time(sector) for sector in lap.sectors[:3]), lap.kind, _note(lap)]
            for lap in self._laps[:100]
        ]
        head = ["Lap", "Time", "Sector 1", "Sector 2", "Sector 3", "Kind", "Notes"]
        rows = [row[:2] + (row[2:-2] + ["", "", ""])[:3] + row[-2:] for row in rows]
        return html_table(repr(self).strip("<>"), head, rows, len(self) - len(rows))


def _note(lap: Lap) -> str:
    if lap.incomplete:
        return lap.incomplete.replace("_", " ")
    if lap.is_valid is False:
        return (lap.invalid_reason or "invalid").replace("_", " ")
    return ""


def _numbers(numbers: int | Iterable[int]) -> set[int]:
    """Numbers, given as one or as several."""
    if isinstance(numbers, str):
        raise ArgumentError(f"{numbers!r} is a text; expected a number, or several")
    return set(numbers) if isinstance(numbers, Iterable) else {int(numbers)}


def _names(channels: Sequence[str] | str | None, rest: Sequence[str]) -> list[str] | None:
    """Names of channels, given as one sequence or one after the other."""
    if channels is None:
        return None
    return [channels, *rest] if isinstance(channels, str) else [*channels, *rest]
