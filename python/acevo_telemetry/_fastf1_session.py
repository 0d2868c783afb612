"""A session with the attributes of FastF1's. Importing this module needs pandas."""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ._errors import AcevoError, LapNotFoundError
from ._fastf1_cars import Car, cars_of, register
from ._fastf1_frames import Event, Telemetry, np, pd, timedeltas
from ._fastf1_tables import (
    Clock,
    SessionValues,
    TrackStatus,
    corners_frame,
    laps_frame,
    markers_frame,
    results_frame,
    weather_frame,
)
from ._laps import Lap as RecordedLap
from ._recording import Session

_CHANNELS = ("speed", "rpm", "gear", "throttle", "brake", "drs_open", "drs_available", "position_x", "position_y", "position_z")
_NAMES = {"race": "Race", "qualifying": "Qualifying", "practice": "Practice"}
_STATUS = {"1": "AllClear", "2": "Yellow", "5": "Red"}
_KEPT = 8
_PEDAL = 1.0
_STANDSTILL_S = 0.1


@dataclass
class CircuitInfo:
    """What is known about the track: its corners."""

    #: Corners: `X`, `Y` (1/10 m), `Number`, `Letter`, `Angle` (degrees, to the outside), `Distance` (metres from the line).
    corners: Any
    #: None: the game has no marshal lights.
    marshal_lights: Any
    #: None: the game has no marshal sectors.
    marshal_sectors: Any
    #: Degrees by which a map is to be turned: 0, north is up.
    rotation: float = 0.0


class FastF1Session:
    """A session with the attributes of FastF1's `Session` after `load()`.

    `laps` reads all cars of the recording when it is asked for first. `SessionTime` counts from the beginning of the session, and `Date` is UTC.
    """

    #: The drivers' teams are models of cars; they and the colours of teams are set up when `fastf1.plotting` asks for them.

    def __init__(self, source: Session) -> None:
        #: The session of the recording.
        self.source = source
        self._frames: OrderedDict[tuple[Any, ...], dict[str, Any]] = OrderedDict()

    def load(self, **_options: Any) -> None:
        """Does nothing: everything is read when it is needed."""

    @property
    def name(self) -> str:
        """Name of the session: `Race`, `Qualifying`, `Practice`, or the name that the game writes."""
        return _NAMES.get(self.source.kind) or self.source.name or self.source.kind

    @property
    def date(self) -> Any:
        """When it began (UTC); `NaT` if the recording has no date."""
        began = self.source.began
        return pd.NaT if began is None else pd.Timestamp(began).tz_localize(None)

    @property
    def t0_date(self) -> Any:
        """The date at which `SessionTime` is 0."""
        return self.date

    @property
    def session_start_time(self) -> Any:
        """The `SessionTime` at which it began."""
        return pd.Timedelta(0)

    @cached_property
    def event(self) -> Any:
        """The track and the date. `Country` and `OfficialEventName` are empty; the game does not publish them."""
        track = self.source.track
        return Event(
            {
                "RoundNumber": None,
                "Country": "",
                "Location": track,
                "OfficialEventName": "",
                "EventDate": self.date,
                "EventName": track,
                "EventFormat": "",
                "Session1": self.name,
                "Session1Date": self.date,
                "Session1DateUtc": self.date,
                "Layout": self.source.layout,
                "F1ApiSupport": False,
            },
            name=track,
        )

    @cached_property
    def _api_path(self) -> str:
        recording = self.source.recording
        text = f"{recording.path.resolve()}/{recording.began}/{self.source.number}"
        return f"/acevo/{hashlib.sha256(text.encode()).hexdigest()[:16]}/"

    @property
    def api_path(self) -> str:
        """A text that no other session has. FastF1's plots ask for it to find teams and drivers."""
        register(self._api_path, str(self.event.year), self.cars)
        return self._api_path

    @cached_property
    def cars(self) -> list[Car]:
        """The cars: the player's car first."""
        return cars_of(self.source)

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The events of the recording in this session."""
        return [event for event in self.source.recording.events if event["data"].get("session") in (None, self.source.number)]

    @cached_property
    def values(self) -> SessionValues:
        """Values of channels over the session."""
        return SessionValues(self)

    @cached_property
    def laps(self) -> Any:
        """The laps of all cars."""
        # Each of the three reads the whole recording.
        with ThreadPoolExecutor(max_workers=3) as pool:
            for reading in [pool.submit(getattr, self, name) for name in ("cars", "events", "values")]:
                reading.result()
        return laps_frame(self)

    @property
    def total_laps(self) -> int | None:
        """`None`: the pages don't show how many laps a race has."""
        return None

    @cached_property
    def results(self) -> Any:
        """The drivers, in the order at the end of the recording."""
        return results_frame(self)

    @property
    def drivers(self) -> list[str]:
        """Numbers of the drivers, in the order of the results."""
        return list(self.results["DriverNumber"])

    def get_driver(self, identifier: str | int) -> Any:
        """The results of a driver: abbreviation, number or full name."""
        wanted = str(identifier).casefold()
        for car in self.cars:
            if wanted in (car.number, car.code.casefold(), car.name.casefold()):
                return self.results.loc[car.number]
        raise AcevoError(f"there is no driver {identifier!r}; the drivers are {', '.join(car.code for car in self.cars)}")

    @cached_property
    def weather_data(self) -> Any:
        """Temperatures of air and road."""
        return weather_frame(self)

    @cached_property
    def track_status(self) -> Any:
        """Times at which the status of the track changed, from the flags that the game shows to the player."""
        changes = TrackStatus(self, Clock(self)).changes
        times = timedeltas([at for at, _ in changes])
        codes = [status for _, status in changes]
        return pd.DataFrame({"Time": times, "Status": codes, "Message": [_STATUS[code] for code in codes]})

    def get_circuit_info(self) -> CircuitInfo | None:
        """The corners of the track; `None` if the recording ends on another track."""
        last = self.source.recording.sessions[-1]
        if (last.track_key, last.layout) != (self.source.track_key, self.source.layout):
            return None
        outline = self.source.recording.outline
        return CircuitInfo(corners_frame(outline), markers_frame([]), markers_frame([]))

    @cached_property
    def car_data(self) -> dict[str, Any]:
        """Telemetry of the whole session without positions, by the number of the driver: of the player's car only."""
        return self._of_session("car")

    @cached_property
    def pos_data(self) -> dict[str, Any]:
        """Positions of the whole session, by the number of the driver: of the player's car only."""
        return self._of_session("pos")

    def _of_session(self, kind: str) -> dict[str, Any]:
        laps = list(self.source.laps)
        return _Telemetries(self, {self.cars[0].number: self._joined(laps, kind, None) if laps else self._empty()})

    def _empty(self) -> Any:
        return Telemetry(session=self, driver=self.cars[0].number)

    def telemetry_of(self, laps: Any, kind: str, frequency: int | str | None, around: int = 0) -> Any:
        """Telemetry from the first to the last one of laps. `around` is a number of further laps before and after them."""
        numbers = set(laps["DriverNumber"])
        if len(numbers) != 1:
            raise AcevoError(f"telemetry needs laps of one driver, not of {len(numbers)}")
        self.check_telemetry(next(iter(numbers)))
        all_laps = list(self.source.laps)
        starts = pd.to_timedelta([lap.start - self.source.start for lap in all_laps], unit="s").round("us")
        wanted = pd.to_timedelta(laps["LapStartTime"]).dt.round("us")
        chosen = [index for index, start in enumerate(starts) if wanted.min() <= start <= wanted.max()]
        if not chosen:
            raise LapNotFoundError("the session has no such lap")
        first, last = max(chosen[0] - around, 0), chosen[-1] + 1 + around
        return self._joined(all_laps[first:last], kind, frequency, chosen[0] - first)

    def check_telemetry(self, number: str) -> None:
        """Raises `AcevoError` if there is no telemetry of a driver."""
        if number != self.cars[0].number:
            code = next((car.code for car in self.cars if car.number == number), number)
            raise AcevoError(
                f"there is no telemetry of {code}: the game publishes that of the player's car only, {self.cars[0].code}"
            )

    def _joined(self, laps: list[RecordedLap], kind: str, frequency: int | str | None, zero_lap: int = 0) -> Any:
        """Telemetry of laps. The distance is 0 at the beginning of the lap with the index `zero_lap`."""
        rate = None if frequency in (None, "original") else float(str(frequency))
        parts = [dict(self._lap(lap, kind, rate)) for lap in laps]
        lengths = [float(part["Distance"][-1]) if len(part["at"]) else 0.0 for part in parts]
        driven = sum(lengths[zero_lap:])
        for index, part in enumerate(parts):
            part["Distance"] = part["Distance"] + (sum(lengths[:index]) - sum(lengths[:zero_lap]))
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        times = timedeltas(columns.pop("at"))
        frame = Telemetry(columns, session=self, driver=self.cars[0].number)
        # A lap may end with the row with which the next one begins.
        keep = np.concatenate([np.diff(times.astype("int64")) > 0, [True]])
        start = timedeltas([laps[zero_lap].start - self.source.start])[0]
        zero = self.t0_date
        dates = np.full(len(times), np.datetime64("NaT", "ns"))
        if zero is not pd.NaT:
            dates = zero.to_datetime64().astype("datetime64[ns]") + times
        frame.insert(0, "Date", dates)
        frame.insert(1, "SessionTime", times)
        frame.insert(2, "Time", times - start)
        frame = frame[keep].reset_index(drop=True)
        if kind == "all" and driven > 0.0:
            frame["RelativeDistance"] = frame["Distance"] / driven
        return frame

    def _lap(self, lap: RecordedLap, kind: str, rate: float | None) -> dict[str, Any]:
        """Columns of a lap; `at` is seconds of the session."""
        key = (lap.id, kind, rate)
        if key not in self._frames:
            self._frames[key] = self._read(lap, kind, rate)
            while len(self._frames) > _KEPT:
                self._frames.popitem(last=False)
        return self._frames[key]

    def _read(self, lap: RecordedLap, kind: str, rate: float | None) -> dict[str, Any]:
        table = lap.telemetry(_CHANNELS, rate=rate)
        raw = {name: np.asarray(table[name]) for name in table.column_names}
        if rate is not None and lap.is_complete and lap.time is not None:
            count = int(np.searchsorted(raw["time_s"], lap.time, side="right"))
            table, raw = table[:count], {name: values[:count] for name, values in raw.items()}
        at = raw["time_s"] + (lap.start - self.source.start)
        source = "car" if rate is None else "interpolated"
        columns = {
            "at": at,
            "Speed": raw["speed"].astype(float),
            "RPM": raw["rpm"].astype(float),
            "nGear": raw["gear"].astype("int64"),
            "Throttle": raw["throttle"].astype(float),
            "Brake": raw["brake"] > _PEDAL,
            "DRS": _drs(table),
            "Source": np.full(len(at), source, dtype=object),
            "Distance": raw["distance_m"].astype(float),
        }
        if rate is not None and len(at) and raw["time_s"][0] == 0.0:
            # Means at the line contain only what is after it.
            columns["Distance"][0] = 0.0
        if kind == "car" or not len(at):
            return columns
        axes = [10.0 * raw["position_x"], 0.0 - 10.0 * raw["position_z"], 10.0 * raw["position_y"]]
        moments = _new_positions(at, axes) if rate is None else np.arange(len(at))
        if kind == "pos":
            positions = {name: axis[moments].astype(float) for name, axis in zip("XYZ", axes)}
            of_track = {"Status": np.full(len(moments), None, dtype=object), "Source": np.full(len(moments), "pos", dtype=object)}
            return {"at": at[moments], **positions, **of_track, "Distance": columns["Distance"][moments]}
        good = moments[~np.isnan(axes[0][moments])]
        for name, axis in zip("XYZ", axes):
            columns[name] = np.interp(at, at[good], axis[good]) if len(good) else np.full(len(at), math.nan)
        return _with_edges(columns, lap, self.source.start) if rate is None else columns


class _Telemetries(dict[str, Any]):
    """Telemetry by the number of the driver."""

    def __init__(self, session: FastF1Session, values: dict[str, Any]) -> None:
        super().__init__(values)
        self._session = session

    def __missing__(self, number: str) -> Any:
        self._session.check_telemetry(number)
        raise KeyError(number)


def _drs(table: Any) -> Any:
    """FastF1's numbers: 0 is closed, 8 available, 12 open."""
    is_open = np.asarray([bool(value) for value in table["drs_open"].to_pylist()], dtype=bool)
    is_available = np.asarray([bool(value) for value in table["drs_available"].to_pylist()], dtype=bool)
    return np.where(is_open, 12, np.where(is_available, 8, 0))


def _new_positions(at: Any, axes: list[Any]) -> Any:
    """The rows in which the game has published a new position, and the first and the last ones of a standstill.

    The position in the first row is older than the row, unless the car stands.
    """
    changed = np.zeros(len(at), dtype=bool)
    changed[1:] = np.logical_or.reduce([np.diff(axis) != 0 for axis in axes])
    rows = np.flatnonzero(changed)
    ends = np.concatenate([[0], rows, [len(at) - 1]])
    is_long = np.diff(at[ends]) > _STANDSTILL_S
    stood = np.maximum(ends[1:] - 1, 0)[is_long]
    first = [0] if is_long[0] or not len(rows) else []
    return np.union1d(np.concatenate([rows, stood]), first).astype(int)


def _with_edges(columns: dict[str, Any], lap: RecordedLap, session_start: float) -> dict[str, Any]:
    """The columns with a row at the beginning of the lap and, if it is complete, one at its end.

    Both have the values of the row beside them, which is at most a packet away. The distance is 0 at the line.
    """
    start, end = lap.start - session_start, lap.end - session_start
    at = columns["at"]
    first, last = at[0] > start + 1e-6, lap.is_complete and 1e-6 < end - at[-1] < 0.05
    result: dict[str, Any] = {}
    for name, values in columns.items():
        before, after = values[:1], values[-1:]
        if name == "at":
            before, after = np.array([start]), np.array([end])
        elif name == "Source":
            before = after = np.array(["interpolated"], dtype=object)
        elif name == "Distance":
            before = np.array([0.0])
        result[name] = np.concatenate([*([before] if first else []), values, *([after] if last else [])])
    if not first:
        result["Distance"] = result["Distance"] - result["Distance"][0]
    return result
