"""Recordings, their sessions, and folders of recordings."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from . import _acevo
from ._errors import RecordingError, RecordingNotFoundError
from ._format import html_table, lap_time, natural
from ._laps import Lap, Laps, _names

if TYPE_CHECKING:
    from ._acevo import Table

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Session:
    """A session of a recording.

    >>> session = acevo.open(race).sessions[0]
    >>> session.number, session.kind
    (1, 'race')
    """

    __slots__ = ("_data", "recording")

    #: The recording.
    recording: Recording

    def __init__(self, recording: Recording, data: dict[str, Any]) -> None:
        self.recording = recording
        self._data = data

    @property
    def number(self) -> int:
        """Number of the session in the recording, from 1."""
        return int(self._data["number"])

    @property
    def track(self) -> str:
        """Name of the track; empty if unknown."""
        return str(self._data["track_name"])

    @property
    def track_key(self) -> str:
        """Name of the track as the game writes it."""
        return str(self._data["track"])

    @property
    def layout(self) -> str:
        """Layout of the track; may be empty."""
        return str(self._data["layout_name"])

    @property
    def track_length(self) -> float | None:
        """Length of the track in metres, as published by the game."""
        length: float | None = self._data["track_length_m"]
        return length

    @property
    def car(self) -> str:
        """Name of the car; empty if unknown."""
        return str(self._data["car_name"])

    @property
    def car_key(self) -> str:
        """Name of the car as the game writes it."""
        return str(self._data["car"])

    @property
    def driver(self) -> str:
        """Name of the driver; empty if unknown."""
        return str(self._data["driver"])

    @property
    def name(self) -> str:
        """Name of the session, as the game writes it."""
        return str(self._data["name"])

    @property
    def kind(self) -> str:
        """Kind of the session, such as `practice`, `qualifying` or `race`; `unknown` if the pages do not show it."""
        return str(self._data["kind"])

    @property
    def start(self) -> float:
        """First moment of driving, in seconds since the start of the recording."""
        return float(self._data["from_s"])

    @property
    def end(self) -> float:
        """Last moment of driving, in seconds since the start of the recording."""
        return float(self._data["to_s"])

    @property
    def began(self) -> datetime | None:
        """When it began (UTC); `None` if the recording has no date."""
        return self.recording._date(self.recording._start_us + self.start * 1e6)

    @property
    def sector_ends(self) -> list[float]:
        """Ends of the sectors except the last one, as parts of the lap."""
        return list(self._data["sector_ends"])

    @property
    def laps(self) -> Laps:
        """Its laps."""
        return Laps(Lap(self, lap) for lap in self._data["laps"])

    @property
    def stints(self) -> list[dict[str, Any]]:
        """Its stints: laps, times, distance and fuel of each."""
        return list(self._data["stints"])

    def telemetry(
        self,
        channels: Sequence[str] | str | None = None,
        *rest: str,
        rate: float | None = None,
        units: str = "game",
    ) -> Table:
        """The values of channels over the session, as `Recording.telemetry`."""
        names = _names(channels, rest)
        return self.recording.telemetry(names, rate=rate, units=units, start=self.start, end=self.end)

    def __repr__(self) -> str:
        place = " · ".join(name for name in (self.track, self.layout, self.car, self.driver) if name)
        return f"<Session {self.number}, {self.kind}: {len(self._data['laps'])} laps, {place}>"


class Recording:
    """A recording of acevo (`.acevo`): every packet of a drive.

    Opening reads the index of the file. Laps are found when they are asked for first, and kept.

    >>> recording = acevo.open(race)
    >>> recording.laps.pick_fastest()
    <Lap 1/5: 1:24.869, flying>
    >>> recording.telemetry("speed", "gear", rate=10).column_names
    ['time_s', 'speed', 'gear']
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        #: Path of the file.
        self.path: Path = Path(path)
        self._file = _acevo.RecordingFile(self.path)
        self._lock = threading.Lock()
        self._contents: dict[str, Any] | None = None
        self._events: list[dict[str, Any]] | None = None
        self._cars: list[dict[str, Any]] | None = None

    def _read(self) -> dict[str, Any]:
        with self._lock:
            if self._contents is None:
                self._contents = self._file.contents()
            return self._contents

    @property
    def info(self) -> dict[str, Any]:
        """Sizes, times and counts, without reading a page."""
        return self._file.info()

    @property
    def duration(self) -> float:
        """Seconds from the first to the last record."""
        return self._file.duration_s

    @property
    def _start_us(self) -> int:
        return int(self.info["start_us"])

    @property
    def began(self) -> datetime | None:
        """When it began (UTC); `None` if it has no date."""
        return self._date(self._start_us)

    def _date(self, at_us: float) -> datetime | None:
        description = self.info.get("description") or {}
        unix_us = description.get("unix_us") or 0
        return _EPOCH + timedelta(microseconds=unix_us + at_us) if unix_us else None

    @property
    def is_damaged(self) -> bool:
        """Parts of the file cannot be read."""
        return bool(self._read()["is_damaged"])

    @property
    def game_version(self) -> str:
        """Version of the game; empty if unknown."""
        return str(self._read()["game_version"])

    @property
    def sessions(self) -> list[Session]:
        """The sessions."""
        return [Session(self, session) for session in self._read()["sessions"]]

    @property
    def laps(self) -> Laps:
        """The laps of all sessions."""
        return Laps(lap for session in self.sessions for lap in session.laps)

    @property
    def stints(self) -> list[dict[str, Any]]:
        """The stints of all sessions."""
        return [stint for session in self.sessions for stint in session.stints]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Everything that happened: laps, sectors, flags, pit stops, damage and others, with `at_s`, `topic`, `severity`, `text` and `data`.

        >>> sorted({event["topic"] for event in acevo.open(race).events})[:3]
        ['flag', 'lap', 'session']
        """
        if self._events is None:
            self._events = self._file.events()
        return list(self._events)

    @property
    def cars(self) -> list[dict[str, Any]]:
        """All cars of the recording, the player's and others, with their laps."""
        if self._cars is None:
            self._cars = self._file.cars()
        return list(self._cars)

    @property
    def outline(self) -> dict[str, Any]:
        """The outline of the last track: `points` (x, y, z in metres), `length_m` and `corners`."""
        return self._file.outline()

    @property
    def corners(self) -> list[dict[str, Any]]:
        """The corners of the last track: number, name, direction, and start, apex and end as parts of the lap."""
        return list(self.outline["corners"])

    def telemetry(
        self,
        channels: Sequence[str] | str | None = None,
        *rest: str,
        rate: float | None = None,
        units: str = "game",
        start: float = 0.0,
        end: float | None = None,
    ) -> Table:
        """The values of channels, a row for each packet of the game, from `start` to `end` in seconds.

        Without names it has the default channels. `packet_id`, `session`, `lap`, `missed` and `skipped` are names, too. `rate` resamples to
        rows per second without shifting a phase; there are no rows in pauses.

        >>> table = acevo.open(race).telemetry("speed", "lap", start=60, end=61)
        >>> table.column_names, table["speed"].unit, len(table) > 300
        (['time_s', 'speed', 'lap'], 'km/h', True)
        """
        names = _names(channels, rest)
        table = self._file.table(names, start, end, units, os.cpu_count() or 1)
        if names is not None:
            table = table.select(list(dict.fromkeys(["time_s", *names])))
        return table if rate is None else table.resample(rate=rate)

    def pages(
        self,
        page: Literal["physics", "graphics", "static"] = "physics",
        *,
        start: float = 0.0,
        end: float | None = None,
    ) -> tuple[Table, Any]:
        """The pages of shared memory as the game wrote them: a table with their times, and a NumPy structured array with their fields.

        >>> times, pages = acevo.open(race).pages("physics", start=60, end=61)
        >>> float(pages["speedKmh"][0]) > 0
        True
        """
        import numpy

        times, memory = self._file.pages(page, start, end)
        fields = _acevo.page_fields(page)
        names = [name for name, *_ in fields]
        formats = [kind if count == 1 else (kind, (count,)) for _, _, kind, count, _ in fields]
        offsets = [offset for _, offset, *_ in fields]
        dtype = numpy.dtype(
            {"names": names, "formats": formats, "offsets": offsets, "itemsize": _acevo.page_size(page)}
        )
        return times, numpy.asarray(memory).view(dtype)

    def export(
        self,
        format: Literal["csv", "jsonl", "parquet", "motec", "mcap"],
        output: str | os.PathLike[str] | None = None,
        *,
        channels: Sequence[str] | None = None,
        laps: str | None = None,
        rate: float | None = None,
        units: str = "game",
    ) -> list[Path]:
        """Exports the recording, as `acevo export`. Returns the files that were written."""
        from ._tools import export

        return export(self.path, format, output, channels=channels, laps=laps, rate=rate, units=units)

    def __repr__(self) -> str:
        minutes, seconds = divmod(round(self.duration), 60)
        return f"<Recording {self.path.name}: {minutes}:{seconds:02}>"

    def _repr_html_(self) -> str:
        rows = [
            [str(s.number), s.kind, s.track, s.layout, s.car, s.driver, str(len(s.laps)), lap_time(min(s.laps._times(), default=None))]
            for s in self.sessions
        ]
        head = ["Session", "Kind", "Track", "Layout", "Car", "Driver", "Laps", "Best"]
        return html_table(repr(self).strip("<>"), head, rows)


class Folder:
    """The recordings in a folder and its subfolders, sorted by name.

    It is a sequence of `Recording`s. Files are opened when they are needed, and several of them are read at once.

    >>> folder = acevo.open(recordings)
    >>> len(folder), folder.laps.pick_fastest().track
    (2, 'Valdombra')
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        #: Path of the folder.
        self.path: Path = Path(path)
        found = [file for file in self.path.rglob("*.acevo") if "trash" not in file.relative_to(self.path).parts[:-1]]
        self._paths = sorted(found, key=lambda file: natural(str(file)))
        self._open: dict[Path, Recording] = {}
        #: Files that cannot be read, with the reason. They are known after `laps`, `sessions` or an iteration.
        self.unreadable: dict[Path, str] = {}

    @property
    def paths(self) -> list[Path]:
        """The files."""
        return list(self._paths)

    def _recording(self, path: Path) -> Recording:
        if path not in self._open:
            self._open[path] = Recording(path)
        return self._open[path]

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, index: int) -> Recording: ...
    @overload
    def __getitem__(self, index: slice) -> list[Recording]: ...
    def __getitem__(self, index: int | slice) -> Recording | list[Recording]:
        if isinstance(index, slice):
            return [self._recording(path) for path in self._paths[index]]
        return self._recording(self._paths[index])

    def __iter__(self) -> Iterator[Recording]:
        for path in self._paths:
            try:
                yield self._recording(path)
            except RecordingError as error:
                self.unreadable[path] = str(error)

    @property
    def sessions(self) -> list[Session]:
        """The sessions of all recordings. Recordings are read in parallel; those that cannot be read are in `unreadable`."""
        recordings = list(self)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            results = list(pool.map(self._sessions_of, recordings))
        return [session for sessions in results for session in sessions]

    def _sessions_of(self, recording: Recording) -> list[Session]:
        try:
            return recording.sessions
        except RecordingError as error:
            self.unreadable[recording.path] = str(error)
            return []

    @property
    def laps(self) -> Laps:
        """The laps of all recordings."""
        return Laps(lap for session in self.sessions for lap in session.laps)

    def __repr__(self) -> str:
        count = "1 recording" if len(self) == 1 else f"{len(self)} recordings"
        return f"<Folder {self.path}: {count}>"


def open(path: str | os.PathLike[str]) -> Recording | Folder:
    """Opens a recording, or a folder of recordings.

    Returns a `Recording` for a file and a `Folder` for a folder.

    >>> acevo.open(race)
    <Recording race.acevo: 10:00>
    >>> acevo.open("missing.acevo")
    Traceback (most recent call last):
        ...
    acevo_telemetry._errors.RecordingNotFoundError: there is no file or folder missing.acevo
    """
    found = Path(path)
    if found.is_dir():
        return Folder(found)
    if not found.exists():
        raise RecordingNotFoundError(f"there is no file or folder {found}")
    return Recording(found)
