"""The compiled part of the package."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, final, overload

from _typeshed import StrPath

@final
class Table:
    """A table: columns of the same length.

    pandas, Polars, pyarrow and DuckDB take it by the Arrow interface without copying. `table["speed"]` is a column, and `table[10:20]` some
    of the rows.
    """

    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
    @property
    def units(self) -> dict[str, str]:
        """Units of the columns; an empty text without unit."""
    def __len__(self) -> int: ...
    def __contains__(self, name: str, /) -> bool: ...
    @overload
    def __getitem__(self, key: str, /) -> Column: ...
    @overload
    def __getitem__(self, key: slice, /) -> Table: ...
    def select(self, names: list[str]) -> Table:
        """The columns with these names, in this order."""
    def resample(self, *, rate: float | None = None, step: float | None = None) -> Table:
        """Rows at a `rate` per second, or each `step` metres, without shifting a phase.

        Floats are means of what lies around a row, other values the newest ones. Columns that describe packets are left out, and so are
        rows in pauses.
        """
    def to_pandas(self) -> Any:
        """A pandas data frame. Missing numbers are NaN."""
    def to_polars(self) -> Any:
        """A Polars data frame."""
    def to_arrow(self) -> Any:
        """A pyarrow table, with units and notes in the metadata of its fields."""
    def to_pydict(self) -> dict[str, list[Any]]:
        """All values as a dictionary of lists; missing values are `None`."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def _repr_html_(self) -> str: ...

@final
class Column:
    """A column of a table. `numpy.asarray` takes numbers without copying."""

    @property
    def name(self) -> str:
        """Name of the column."""
    @property
    def unit(self) -> str:
        """Unit of its values; an empty text without unit."""
    @property
    def metadata(self) -> dict[str, str]:
        """What is known about it: unit, title, quality, versions of the game, sources, note."""
    @property
    def dtype(self) -> str:
        """Type of its values: `float32`, `float64`, `int32`, `int64`, `uint32`, `bool`, `text` or `time`."""
    @property
    def null_count(self) -> int:
        """Number of missing values."""
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, key: int, /) -> Any: ...
    @overload
    def __getitem__(self, key: slice, /) -> Any: ...
    def to_pylist(self) -> list[Any]:
        """All values; missing ones are `None`."""
    @property
    def __array_interface__(self) -> dict[str, Any]: ...
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any: ...

@final
class Memory:
    @property
    def __array_interface__(self) -> dict[str, Any]: ...

@final
class Frame:
    """A moment of a drive.

    `frame["speed"]` and `frame.speed` are the value of a channel, in the channel's unit; `None` without a value.
    """

    @property
    def time_s(self) -> float:
        """Seconds since the first frame."""
    @property
    def packet_id(self) -> int:
        """Counter of the physics page."""
    @property
    def missed(self) -> int:
        """Packets since the previous frame that could not be read in time."""
    @property
    def session(self) -> int:
        """Number of the session, from 1."""
    @property
    def lap_number(self) -> int | None:
        """Number of the running lap, from 1; `None` if no lap is running."""
    @property
    def delta_s(self) -> float | None:
        """Seconds by which the running lap is slower than the reference lap."""
    @property
    def events(self) -> list[dict[str, Any]]:
        """Events since the previous frame: laps, flags, pit stops and others."""
    @property
    def is_current(self) -> bool:
        """The values describe the car now: false in menus, pauses and replays."""
    @property
    def validity(self) -> str:
        """`current`, `menu`, `paused`, `resuming` or `replay`."""
    def __getitem__(self, name: str, /) -> Any: ...
    def __getattr__(self, name: str, /) -> Any: ...
    def __contains__(self, name: str, /) -> bool: ...
    def keys(self) -> list[str]:
        """Names of all channels."""
    def to_dict(self, names: list[str] | None = None) -> dict[str, Any]:
        """The values of channels; those of all channels without names."""

@final
class LiveSource:
    def __new__(
        cls,
        rate: float | None = None,
        replay: StrPath | None = None,
        speed: float = 1.0,
        demo: str | None = None,
        pages: StrPath | None = None,
        record: StrPath | None = None,
        seed: int = 1,
    ) -> LiveSource: ...
    def next(self, timeout_s: float | None = None) -> Frame | None: ...
    def next_frames(self, timeout_s: float | None = None) -> list[Frame]: ...
    @property
    def stats(self) -> dict[str, Any]: ...
    def close(self) -> None: ...

@final
class RecordingFile:
    def __new__(cls, path: StrPath) -> RecordingFile: ...
    @property
    def duration_s(self) -> float: ...
    def info(self) -> dict[str, Any]: ...
    def contents(self) -> dict[str, Any]: ...
    def events(self) -> list[dict[str, Any]]: ...
    def cars(self) -> list[dict[str, Any]]: ...
    def outline(self) -> dict[str, Any]: ...
    def table(self, columns: list[str] | None, from_s: float, to_s: float | None, units: str, threads: int) -> Table: ...
    def lap_table(
        self, columns: list[str] | None, from_us: int, to_us: int, time_ms: int | None, units: str
    ) -> Table: ...
    def corners(self, session: int, number: int, attempt: int) -> list[dict[str, Any]]: ...
    def compare(
        self, lap: tuple[int, int, int], other: RecordingFile, reference: tuple[int, int, int]
    ) -> tuple[Table, dict[str, Any] | None]: ...
    def pages(self, page: str, from_s: float, to_s: float | None) -> tuple[Table, Memory]: ...

@final
class LibraryFile:
    def __new__(cls, path: StrPath | None = None) -> LibraryFile: ...
    @staticmethod
    def user_path() -> Path | None: ...
    def scan(self, folders: list[StrPath]) -> int: ...
    def sessions(
        self, track: str | None = None, car: str | None = None, driver: str | None = None, text: str | None = None
    ) -> list[dict[str, Any]]: ...
    def laps(self, session: int) -> list[dict[str, Any]]: ...
    def bests(
        self, track: str | None = None, car: str | None = None, driver: str | None = None
    ) -> list[dict[str, Any]]: ...

def make_table(columns: list[tuple[str, str, str, str, list[Any]]]) -> Table: ...
def simulate(
    path: StrPath,
    duration_s: float,
    scenario: str,
    track: str | None,
    car: str | None,
    seed: int,
    laps: int | None,
    cars: int | None,
) -> None: ...
def channel_list() -> list[dict[str, Any]]: ...
def convert(values: list[float], source: str, target: str, /) -> list[float]: ...
def conversion(source: str, target: str, /) -> tuple[float, float]: ...
def page_fields(page: str) -> list[tuple[str, int, str, int, str]]: ...
def page_size(page: str) -> int: ...
def export(
    paths: list[str],
    format: str,
    output: str | None,
    channel_names: list[str] | None,
    units: str,
    rate: float | None,
    laps: str | None,
    full_precision: bool,
    motec_names: str | None,
    progress: Callable[[float], object] | None,
) -> list[Path]: ...
