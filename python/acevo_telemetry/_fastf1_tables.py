"""The tables of a session as FastF1 has them: laps, results, weather, corners. Importing this module needs pandas."""

from __future__ import annotations

import bisect
import math
from typing import TYPE_CHECKING, Any

from ._fastf1_cars import Car, team_colors
from ._fastf1_frames import LAP_COLUMNS, Laps, SessionResults, np, pd, timedelta

if TYPE_CHECKING:
    from ._fastf1_session import FastF1Session
    from ._laps import Lap as RecordedLap

#: FastF1's names of tyres, and words by which the game's names show them.
_COMPOUNDS = (
    ("INTERMEDIATE", "inter"), ("WET", "wet"), ("WET", "rain"), ("SOFT", "soft"), ("MEDIUM", "medium"), ("HARD", "hard"),
)  # fmt: skip
#: Track status of FastF1 for flags: red, yellow. All others are a clear track.
_STATUS = {"RedFlag": "5", "YellowFlag": "2"}


def compound(name: str | None) -> str | None:
    """FastF1's name of tyres; `UNKNOWN` if the game's name is none of its kinds, such as a road tyre."""
    if not name:
        return None
    return next((kind for kind, word in _COMPOUNDS if word in name.casefold()), "UNKNOWN")


class SessionValues:
    """Values of channels at moments of a session, of the player's car."""

    def __init__(self, session: FastF1Session) -> None:
        table = session.source.telemetry(["speed", "air_temp", "road_temp", "race_position", "tyre_compound_front"])
        self._table = table
        self._time = np.asarray(table["time_s"]) - session.source.start
        self._arrays = {name: np.asarray(table[name]) for name in ("speed", "air_temp", "road_temp", "race_position")}

    @property
    def end(self) -> float:
        """The last moment, seconds of the session."""
        return float(self._time[-1]) if len(self._time) else 0.0

    def number(self, name: str, at: float | None) -> float:
        """The newest value of a channel at a moment; NaN before the first one."""
        index = self._index(at)
        return math.nan if index is None else float(self._arrays[name][index])

    def text(self, name: str, at: float | None) -> str | None:
        """The newest text of a channel at a moment."""
        index = self._index(at)
        return None if index is None else self._table[name][index]

    def _index(self, at: float | None) -> int | None:
        if at is None or at != at or not len(self._time) or at < self._time[0]:
            return None
        return int(np.searchsorted(self._time, at, side="right")) - 1


class Clock:
    """The clock of the session: seconds since its beginning.

    Laps of other cars have a clock that stands in pauses. The player's laps have both, so that one is converted into the other.
    """

    def __init__(self, session: FastF1Session) -> None:
        self._start = session.source.start
        pairs = [(lap.stats.get("ended_s"), lap.end) for lap in session.source.recording.laps]
        known = sorted((ended, end) for ended, end in pairs if ended is not None)
        self._ends: list[float] = [ended for ended, _ in known]
        self._offsets: list[float] = [end - ended for ended, end in known]
        self._is_first = session.source.number == 1

    def of_recording(self, at: float) -> float:
        """A moment of the recording."""
        return at - self._start

    def of_driving(self, at: float) -> float | None:
        """A moment on the clock that stands in pauses; `None` if no lap shows the difference."""
        if not self._ends:
            return at if self._is_first else None
        index = bisect.bisect_left(self._ends, at)
        if index == len(self._ends) or (index and at - self._ends[index - 1] < self._ends[index] - at):
            index -= 1
        return float(at + self._offsets[index] - self._start)


class TrackStatus:
    """The status of the track as FastF1 has it, from the flags that the game shows to the player."""

    def __init__(self, session: FastF1Session, clock: Clock) -> None:
        #: Moments and the status from then on.
        self.changes: list[tuple[float, str]] = [(0.0, "1")]
        for event in session.events:
            if event["data"]["event"] == "flag":
                status = _STATUS.get(event["data"]["flag"], "1")
                if status != self.changes[-1][1]:
                    self.changes.append((clock.of_recording(event["at_s"]), status))

    def during(self, start: float | None, end: float | None) -> str | None:
        """All statuses between two moments, in their order."""
        if start is None or end is None:
            return None
        ends = [at for at, _ in self.changes[1:]] + [math.inf]
        seen = [status for (at, status), until in zip(self.changes, ends) if at <= end and until > start]
        return "".join(dict.fromkeys(seen))


def laps_frame(session: FastF1Session) -> Any:
    """The laps of all cars."""
    clock = Clock(session)
    status = TrackStatus(session, clock)
    rows: list[dict[str, Any]] = []
    for car in session.cars:
        lines = [_own(session, lap, clock) for lap in session.source.laps] if car.is_player else _others(car, clock)
        best = math.inf
        for line in lines:
            line.update(Driver=car.code, DriverNumber=car.number, Team=car.team)
            line["IsPersonalBest"] = bool(line["counts"] and line["lap"] < best)
            best = line["lap"] if line["IsPersonalBest"] else best
            line["TrackStatus"] = status.during(line["start"], line["end"])
        rows += lines
    _positions(session, rows)
    for row in rows:
        _times_of(row, session)
    columns = {name: [row.get(name) for row in rows] for name in LAP_COLUMNS}
    return Laps({name: _typed(name, values) for name, values in columns.items()}, session=session)


_TIMES = {"Time", "LapTime", "PitOutTime", "PitInTime", "LapStartTime"} | {
    f"Sector{number}{kind}" for number in (1, 2, 3) for kind in ("Time", "SessionTime")
}
_NUMBERS = {"LapNumber", "Stint", "SpeedI1", "SpeedI2", "SpeedFL", "SpeedST", "TyreLife", "Position"}
_FLAGS = {"IsPersonalBest", "FastF1Generated", "IsAccurate", "ThroughPits"}


def _typed(name: str, values: list[Any]) -> Any:
    if name in _TIMES:
        return pd.Series(values, dtype="timedelta64[ns]")
    if name == "LapStartDate":
        return pd.Series(values, dtype="datetime64[ns]")
    return pd.Series(values, dtype="float64" if name in _NUMBERS else bool if name in _FLAGS else object)


def _own(session: FastF1Session, lap: RecordedLap, clock: Clock) -> dict[str, Any]:
    """A lap of the player's car. The keys in lower case are seconds, for what is computed from them."""
    start, end = clock.of_recording(lap.start), clock.of_recording(lap.end)
    splits = _splits(start, lap.sectors)
    values = session.values
    pits: dict[str, list[float]] = {"pit_lane_entered": [], "pit_lane_left": []}
    for event in session.events:
        if event["data"]["event"] in pits and lap.start <= event["at_s"] <= lap.end:
            pits[event["data"]["event"]].append(clock.of_recording(event["at_s"]))
    # A lap that ends in the pits shows its entry last, and one that begins there its exit first.
    entry = max(pits["pit_lane_entered"], default=None) if lap.kind in ("in", "pit") else None
    exit_ = min(pits["pit_lane_left"], default=None) if lap.kind in ("out", "pit") else None
    tyres = values.text("tyre_compound_front", (start + end) / 2)
    through_pits = lap.kind != "flying"
    sectors = lap.sectors
    is_accurate = lap.is_complete and lap.time is not None and not through_pits and _add_up(sectors, lap.time)
    return {
        "start": start,
        "end": end,
        "lap": lap.time,
        "sectors": sectors,
        "counts": lap.counts,
        "game_position": values.number("race_position", min(end + 1.0, values.end)),
        "LapNumber": lap.number,
        "Stint": lap.stint,
        "PitInTime": timedelta(entry),
        "PitOutTime": timedelta(exit_),
        "SpeedI1": values.number("speed", splits[0]),
        "SpeedI2": values.number("speed", splits[1]),
        "SpeedFL": values.number("speed", end) if lap.is_complete else math.nan,
        "Compound": compound(tyres),
        "TyreName": tyres or None,
        "Deleted": None if lap.is_valid is None else not lap.is_valid,
        "DeletedReason": (lap.invalid_reason or "").replace("_", " ") if lap.is_valid is False else "",
        "FastF1Generated": False,
        "IsAccurate": is_accurate,
        "ThroughPits": through_pits,
    }


def _others(car: Car, clock: Clock) -> list[dict[str, Any]]:
    """The laps of another car."""
    rows: list[dict[str, Any]] = []
    stint = 1
    for lap in car.laps:
        time = None if lap["time_ms"] is None else lap["time_ms"] / 1000
        sectors = [None if sector is None else sector / 1000 for sector in lap["sectors_ms"]]
        end = clock.of_driving(lap["ended_s"])
        is_estimate = lap["source"] == "estimated"
        through_pits = bool(lap["through_pits"])
        rows.append(
            {
                "start": None if end is None or time is None else end - time,
                "end": end,
                "lap": time,
                "sectors": sectors,
                "counts": time is not None and lap["is_valid"] is not False and not is_estimate,
                "is_estimate": is_estimate,
                "LapNumber": lap["number"],
                "Stint": stint,
                "Deleted": None if lap["is_valid"] is None else not lap["is_valid"],
                "DeletedReason": "",
                "FastF1Generated": False,
                "IsAccurate": not is_estimate and not through_pits and time is not None and _add_up(sectors, time),
                "ThroughPits": through_pits,
            }
        )
        # Whether the lap has the way in, the way out or both is not known: a stop in the box is one stint more.
        stint += through_pits and (len(rows) < 2 or not rows[-2]["ThroughPits"])
    return rows


def _splits(start: float | None, sectors: list[float | None]) -> list[float | None]:
    """The moments at which the first three sectors ended."""
    moments: list[float | None] = []
    at = start
    for sector in (*sectors, None, None, None)[:3]:
        at = None if at is None or sector is None else at + sector
        moments.append(at)
    return moments


def _add_up(sectors: list[float | None], time: float) -> bool:
    known = [sector for sector in sectors if sector is not None]
    return bool(sectors) and len(known) == len(sectors) and abs(sum(known) - time) < 0.0025


def _times_of(row: dict[str, Any], session: FastF1Session) -> None:
    row["Time"], row["LapStartTime"], row["LapTime"] = timedelta(row["end"]), timedelta(row["start"]), timedelta(row["lap"])
    zero = session.t0_date
    row["LapStartDate"] = pd.NaT if zero is pd.NaT else zero + row["LapStartTime"]
    splits = _splits(row["start"], row["sectors"])
    for number, (sector, split) in enumerate(zip((*row["sectors"], None, None, None), splits), start=1):
        row[f"Sector{number}Time"], row[f"Sector{number}SessionTime"] = timedelta(sector), timedelta(split)


def _positions(session: FastF1Session, rows: list[dict[str, Any]]) -> None:
    """Positions at the ends of laps, in races: the order in which the cars completed the lap."""
    if session.source.kind != "race":
        return
    if len(session.cars) < 2:
        for row in rows:
            row["Position"] = row["game_position"]
        return
    for number in {row["LapNumber"] for row in rows}:
        done = [row for row in rows if row["LapNumber"] == number and row["lap"] is not None and row["end"] is not None]
        ends = sorted(row["end"] for row in done if not row.get("is_estimate"))
        for row in done:
            row["Position"] = math.nan if row.get("is_estimate") else ends.index(row["end"]) + 1


def results_frame(session: FastF1Session) -> Any:
    """A row for each driver, in the order of the session: by laps in a race, by the best lap otherwise.

    It is the order at the end of the recording. Missing, because the game does not publish it: start positions, status, points, countries.
    """
    laps = session.laps
    colors = team_colors(session.cars)
    is_race = session.source.kind == "race"
    rows: list[dict[str, Any]] = []
    for car in session.cars:
        own = laps[laps["DriverNumber"] == car.number]
        done = own[own["LapTime"].notna() & own["Time"].notna()]
        count = len(done)
        counting = own.loc[own["IsPersonalBest"], "LapTime"]
        best = counting.min() if len(counting) else pd.NaT
        total = done["LapTime"].sum() if count and set(done["LapNumber"]) == set(range(1, count + 1)) else pd.NaT
        rows.append(
            {
                "DriverNumber": car.number,
                "BroadcastName": f"{car.first_name[:1]} {car.last_name.upper()}".strip(),
                "Abbreviation": car.code,
                "DriverId": car.id,
                "TeamName": car.team,
                "TeamColor": colors[car.team].removeprefix("#"),
                "TeamId": car.team,
                "FirstName": car.first_name,
                "LastName": car.last_name,
                "FullName": car.name,
                "HeadshotUrl": "",
                "CountryCode": "",
                "ClassifiedPosition": "",
                "GridPosition": math.nan,
                "Q1": pd.NaT,
                "Q2": pd.NaT,
                "Q3": pd.NaT,
                "Time": total if is_race else best,
                "Status": "",
                "Points": math.nan,
                "Laps": float(count),
                "order": (-count, done["Time"].max().value if count else 0) if is_race else (best is pd.NaT, best.value),
            }
        )
    rows.sort(key=lambda row: row["order"])
    names = [name for name in rows[0] if name != "order"]
    frame = SessionResults({name: [row[name] for row in rows] for name in names}, session=session)
    frame.insert(names.index("CountryCode") + 1, "Position", [float(place) for place in range(1, len(rows) + 1)])
    for name in ("Q1", "Q2", "Q3", "Time"):
        frame[name] = pd.Series([row[name] for row in rows], dtype="timedelta64[ns]")
    frame.index = pd.Index(frame["DriverNumber"], name=None)
    return frame


def weather_frame(session: FastF1Session) -> Any:
    """Temperatures of air and road: a row at the beginning of each of the player's laps, and each minute.

    Humidity, pressure, rain and wind are missing: the game does not publish them.
    """
    values = session.values
    starts = [lap.start - session.source.start for lap in session.source.laps]
    times = sorted({round(at, 3) for at in (*np.arange(0.0, values.end, 60.0).tolist(), *starts)})
    air = [values.number("air_temp", at + 0.005) for at in times]
    road = [values.number("road_temp", at + 0.005) for at in times]
    missing = np.full(len(times), math.nan)
    return pd.DataFrame(
        {
            "Time": pd.Series([timedelta(at) for at in times], dtype="timedelta64[ns]"),
            "AirTemp": air,
            "Humidity": missing,
            "Pressure": missing,
            "Rainfall": pd.Series([None] * len(times), dtype=object),
            "TrackTemp": road,
            "WindDirection": missing,
            "WindSpeed": missing,
        }
    )


_MARKERS = ("X", "Y", "Number", "Letter", "Angle", "Distance")


def corners_frame(outline: dict[str, Any]) -> Any:
    """The corners of a track: apex on the map (1/10 m), number, direction to the outside (degrees), metres from the line."""
    points = np.asarray(outline["points"], dtype=float)
    rows: list[tuple[Any, ...]] = []
    for corner in outline["corners"]:
        x, y = _on_map(points, corner["apex"])
        ahead_x, ahead_y = _on_map(points, corner["apex"] + 0.002)
        behind_x, behind_y = _on_map(points, corner["apex"] - 0.002)
        heading = math.degrees(math.atan2(ahead_y - behind_y, ahead_x - behind_x))
        outside = heading + (90.0 if corner["direction"] == "right" else -90.0)
        angle = (outside + 180.0) % 360.0 - 180.0
        rows.append((x, y, int(corner["number"]), "", angle, corner["apex"] * float(outline["length_m"])))
    return markers_frame(rows)


def markers_frame(rows: list[tuple[Any, ...]]) -> Any:
    """Marks along the track, as FastF1 has them."""
    return pd.DataFrame(rows, columns=list(_MARKERS))


def _on_map(points: Any, position: float) -> tuple[float, float]:
    """A lap position on the map, 1/10 m. The points are at equal distances from line to line."""
    at = (position % 1.0) * len(points)
    index, part = int(at), at - int(at)
    here, there = points[index % len(points)], points[(index + 1) % len(points)]
    x, z = here[0] + (there[0] - here[0]) * part, here[2] + (there[2] - here[2]) * part
    return 10.0 * x, 0.0 - 10.0 * z
