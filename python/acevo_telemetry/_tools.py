"""Channels, units, exports, the simulator, and the library of recordings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from . import _acevo
from ._errors import ArgumentError, ChannelNotFoundError, LibraryError


@dataclass(frozen=True)
class Channel:
    """A quantity of the catalogue: one name, unit and meaning."""

    #: Stable name, such as `speed`.
    id: str
    #: Title, such as `Tyre temperature inner FR`.
    title: str
    #: Unit of its values; empty without unit.
    unit: str
    #: `number`, `flag`, `enum` or `text`.
    kind: str
    #: `physics` (333 times per second), `graphics` (each frame of the game) or `session`.
    rate: str
    #: `measured`, `documented`, `reported`, `guessed`, `disputed` or `dead`.
    quality: str
    #: Versions of the game on which it was measured.
    versions: tuple[str, ...]
    #: Fields of the pages that it comes from.
    sources: tuple[str, ...]
    #: Remarks.
    note: str
    #: Number of decimals to show.
    decimals: int
    #: Expected values, for scales; `None` for texts.
    range: tuple[float, float] | None
    #: The channel with the same meaning, which is the better one.
    repeats: str | None
    #: It is exported by default.
    is_default: bool


def channels() -> list[Channel]:
    """The channel catalogue.

    >>> len(acevo.channels()) > 300
    True
    """
    return [
        Channel(
            id=data["id"],
            title=data["title"],
            unit=data["unit"],
            kind=data["kind"],
            rate=data["rate"],
            quality=data["quality"],
            versions=tuple(data["versions"]),
            sources=tuple(data["sources"]),
            note=data["note"],
            decimals=data["decimals"],
            range=(data["range"][0], data["range"][1]) if data["range"] else None,
            repeats=data["repeats"],
            is_default=data["is_default"],
        )
        for data in _acevo.channel_list()
    ]


def channel(id: str) -> Channel:
    """The channel with this name.

    >>> acevo.channel("speed").unit
    'km/h'
    """
    for found in channels():
        if found.id == id:
            return found
    raise ChannelNotFoundError(f"there is no channel {id!r}; acevo.channels() lists all")


def convert(values: Any, source: str, target: str) -> Any:
    """Converts numbers from one unit to another: a number, a NumPy array, a data frame's column, or a list.

    >>> round(acevo.convert(100.0, "km/h", "mph"), 1)
    62.1
    >>> acevo.convert([1.0, 2.0], "bar", "kPa")
    [100.0, 200.0]
    """
    if isinstance(values, (int, float)):
        return _acevo.convert([values], source, target)[0]
    if isinstance(values, (list, tuple)):
        return _acevo.convert(list(values), source, target)
    factor, offset = _acevo.conversion(source, target)
    if isinstance(values, _acevo.Column):
        import numpy

        values = numpy.asarray(values)
    return values * factor + offset


def export(
    recordings: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    format: Literal["csv", "jsonl", "parquet", "motec", "mcap"],
    output: str | os.PathLike[str] | None = None,
    *,
    channels: Sequence[str] | None = None,
    laps: str | None = None,
    rate: float | None = None,
    units: str = "game",
    full_precision: bool = False,
    motec_names: str | None = None,
    progress: Callable[[float], object] | None = None,
) -> list[Path]:
    """Exports recordings, as the command `acevo export`. Returns the files that were written.

    `recordings` are files and folders; with the format `parquet` a folder becomes a data set. Without an `output` the files are written into
    the current folder. Nothing is overwritten. `laps` selects laps, such as `best` or `2/1-3`. `progress` is called with the part that is
    done, from 0 to 1.

    >>> [file.name for file in acevo.export(race, "csv", folder, laps="best", channels=["speed"], rate=10)]
    ['race.csv']
    """
    paths = [recordings] if isinstance(recordings, (str, os.PathLike)) else list(recordings)
    return [
        Path(file)
        for file in _acevo.export(
            [os.fspath(path) for path in paths],
            format,
            None if output is None else os.fspath(output),
            None if channels is None else list(channels),
            units,
            rate,
            laps,
            full_precision,
            motec_names,
            progress,
        )
    ]


def simulate(
    path: str | os.PathLike[str],
    duration: float = 600.0,
    *,
    scenario: str = "hot-laps",
    track: str | None = None,
    car: str | None = None,
    laps: int | None = None,
    cars: int | None = None,
    seed: int = 1,
) -> Any:
    """Writes a recording of a simulated drive, for tests and for teaching, and opens it.

    The simulator computes an hour in some seconds. Equal arguments give equal pages. Scenarios are those of `acevo simulate`, such as
    `hot-laps`, `race`, `practice` and `pits`.

    >>> acevo.simulate(folder / "drive.acevo", 120)
    <Recording drive.acevo: 2:00>
    """
    if duration <= 0:
        raise ArgumentError(f"duration: {duration}: expected more than 0")
    from ._recording import Recording

    _acevo.simulate(os.fspath(path), duration, scenario, track, car, seed, laps, cars)
    return Recording(path)


class Library:
    """The library of recordings: sessions and laps of many recordings, found in milliseconds.

    `of_user` opens the one that `acevo run` keeps up to date. Without a path it is in memory, and `scan` fills it.

    >>> library = acevo.Library(folder / "library.sqlite")
    >>> library.scan(recordings)
    2
    >>> [best["time_ms"] for best in library.bests(track="valdombra")]
    [84869]
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self._file = _acevo.LibraryFile(None if path is None else os.fspath(path))

    @classmethod
    def of_user(cls) -> Library:
        """The library that `acevo run` keeps up to date for this user.

        Raises `LibraryError` if it does not exist.
        """
        path = _acevo.LibraryFile.user_path()
        if path is None:
            raise LibraryError("this user has no session library: acevo has not indexed a recording yet")
        return cls(path)

    def scan(self, *folders: str | os.PathLike[str]) -> int:
        """Reads the recordings of folders that are new or have changed. Returns their number."""
        return self._file.scan([os.fspath(folder) for folder in folders])

    def sessions(
        self, *, track: str | None = None, car: str | None = None, driver: str | None = None, text: str | None = None
    ) -> list[dict[str, Any]]:
        """The sessions, the newest first. Names may be parts; `text` is searched in everything."""
        return self._file.sessions(track, car, driver, text)

    def laps(self, session: int) -> list[dict[str, Any]]:
        """The laps of a session, by its `id`."""
        return self._file.laps(session)

    def bests(
        self, *, track: str | None = None, car: str | None = None, driver: str | None = None
    ) -> list[dict[str, Any]]:
        """The best lap of each car on each track."""
        return self._file.bests(track, car, driver)
