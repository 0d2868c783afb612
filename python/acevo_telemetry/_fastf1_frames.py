"""Data frames with the columns and verbs of FastF1. Importing this module needs pandas."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, Literal

from ._errors import AcevoError, ArgumentError
from ._import import needed

pd: Any = needed("pandas", "acevo-telemetry[pandas]")
np: Any = needed("numpy", "acevo-telemetry[pandas]")

#: Columns of laps, as FastF1 names them, and two more: the game's own name of the tyres, and whether a part was driven in the pit lane.
LAP_COLUMNS = (
    "Time", "Driver", "DriverNumber", "LapTime", "LapNumber", "Stint", "PitOutTime", "PitInTime",
    "Sector1Time", "Sector2Time", "Sector3Time", "Sector1SessionTime", "Sector2SessionTime", "Sector3SessionTime",
    "SpeedI1", "SpeedI2", "SpeedFL", "SpeedST", "IsPersonalBest", "Compound", "TyreLife", "FreshTyre", "Team",
    "LapStartTime", "LapStartDate", "TrackStatus", "Position", "Deleted", "DeletedReason", "FastF1Generated", "IsAccurate",
    "TyreName", "ThroughPits",
)  # fmt: skip

_NANOSECONDS = 1_000_000_000


def seconds(values: Any) -> Any:
    """Times or a time as seconds."""
    return values / pd.Timedelta(seconds=1)


def timedelta(value: float | None) -> Any:
    """Seconds as a time; `NaT` without a value."""
    return pd.NaT if value is None or value != value else pd.Timedelta(round(value * _NANOSECONDS), unit="ns")


def timedeltas(values: Any) -> Any:
    """An array of seconds as times."""
    return np.round(np.asarray(values, dtype=float) * _NANOSECONDS).astype("timedelta64[ns]")


class _Frame(pd.DataFrame):  # type: ignore[misc]
    """A data frame that knows its session and keeps its class when it is sliced."""

    _metadata = ["session"]

    def __init__(self, *args: Any, session: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session = session

    @property
    def _constructor(self) -> Any:
        return type(self)

    def __finalize__(self, other: Any, method: str | None = None, **options: Any) -> Any:
        super().__finalize__(other, method=method, **options)
        source = other
        if method in ("concat", "merge"):
            # pandas passes what it has put together, and keeps no metadata then.
            parts = getattr(other, "objs", None) or getattr(other, "input_objs", None) or [getattr(other, "left", None)]
            source = next((part for part in parts if isinstance(part, _Frame)), None)
        if isinstance(source, _Frame):
            for name in self._metadata:
                object.__setattr__(self, name, getattr(source, name, None))
        return self


class Telemetry(_Frame):
    """Telemetry of one car under FastF1's names.

    Columns: `Speed` (km/h), `RPM`, `nGear` (0 is neutral, -1 reverse), `Throttle` (0 to 100), `Brake` (more than 1 % of the pedal), `DRS` (0 is
    closed, 8 available, 12 open), `X`, `Y`, `Z` (1/10 m, Z is up), `Time` (since the start of the slice), `SessionTime`, `Date` (UTC), `Source`,
    `Distance` (metres along the track; 0 at the line) and `RelativeDistance`. In a pause the clock of a lap stands, and `SessionTime` with it until
    the lap ends.
    """

    _metadata = ["session", "driver"]

    #: How values between two samples are found: `continuous` is interpolated, `discrete` has the value before, `excluded` has none.
    _CHANNELS: dict[str, dict[str, Any]] = {
        **{name: {"type": "continuous"} for name in ("X", "Y", "Z", "Speed", "RPM", "Throttle", "Distance", "RelativeDistance")},
        **{name: {"type": "continuous"} for name in ("DifferentialDistance", "DistanceToDriverAhead")},
        **{name: {"type": "discrete"} for name in ("Status", "Brake", "DRS", "nGear", "DriverAhead")},
        **{name: {"type": "excluded"} for name in ("Source", "Date", "Time", "SessionTime")},
    }

    def __init__(self, *args: Any, session: Any = None, driver: str | None = None, **options: Any) -> None:
        super().__init__(*args, session=session, **options)
        self.driver = driver

    @property
    def base_class_view(self) -> Any:
        """The same as a plain data frame."""
        return pd.DataFrame(self)

    def add_distance(self, drop_existing: bool = True) -> Any:
        """Telemetry with `Distance`.

        Telemetry of a lap has the distance of the game already, metres along the track from the line. It is kept. Without it the distance is
        the integral of the speed from the first row.
        """
        del drop_existing
        return self.copy() if "Distance" in self.columns else self.assign(Distance=self.integrate_distance())

    def add_relative_distance(self, drop_existing: bool = True) -> Any:
        """Telemetry with `RelativeDistance`: 0 at the line, 1 in the last row."""
        if "RelativeDistance" in self.columns and not drop_existing:
            return self
        distance = self["Distance"] if "Distance" in self.columns else self.integrate_distance()
        return self.assign(RelativeDistance=distance / distance.iloc[-1])

    def add_differential_distance(self, drop_existing: bool = True) -> Any:
        """Telemetry with `DifferentialDistance`: metres since the row before, from the speed."""
        if "DifferentialDistance" in self.columns and not drop_existing:
            return self
        return self.assign(DifferentialDistance=self.calculate_differential_distance())

    def calculate_differential_distance(self) -> Any:
        """Metres since the row before, from speed and time."""
        steps = seconds(self["Time"].diff())
        if len(steps):
            steps.iloc[0] = seconds(self["Time"].iloc[0])
        return self["Speed"] / 3.6 * steps

    def integrate_distance(self) -> Any:
        """Metres since the first row, from speed and time."""
        return self.calculate_differential_distance().cumsum()

    def add_driver_ahead(self, drop_existing: bool = True) -> Any:
        """Raises `AcevoError`: the recording has no telemetry of other cars."""
        raise AcevoError("the car ahead is not known: a recording has telemetry of the player's car only")

    calculate_driver_ahead = add_driver_ahead

    def slice_by_mask(self, mask: Any, pad: int = 0, pad_side: Literal["both", "before", "after"] = "both") -> Any:
        """The rows for which a mask is true, and `pad` rows before and after them."""
        chosen = np.array(mask, dtype=bool)
        found = np.flatnonzero(chosen)
        if pad and len(found):
            before = pad if pad_side in ("both", "before") else 0
            after = pad if pad_side in ("both", "after") else 0
            chosen[max(found[0] - before, 0) : found[-1] + after + 1] = True
        return self.loc[chosen].copy()

    def slice_by_lap(
        self,
        ref_laps: Lap | Laps,
        pad: int = 0,
        pad_side: Literal["both", "before", "after"] = "both",
        interpolate_edges: bool = False,
    ) -> Any:
        """The rows of a lap, or from the first to the last one of several laps of one driver."""
        if isinstance(ref_laps, Laps):
            if ref_laps["DriverNumber"].nunique() > 1:
                raise ArgumentError("telemetry of several drivers at once is not possible")
            start, end = ref_laps["LapStartTime"].min(), ref_laps["Time"].max()
        else:
            start, end = ref_laps["LapStartTime"], ref_laps["Time"]
        return self.slice_by_time(start, end, pad, pad_side, interpolate_edges)

    def slice_by_time(
        self,
        start_time: Any,
        end_time: Any,
        pad: int = 0,
        pad_side: Literal["both", "before", "after"] = "both",
        interpolate_edges: bool = False,
    ) -> Any:
        """The rows from a start to an end, both in `SessionTime`. `Time` begins at the start then."""
        data = self
        if interpolate_edges:
            data = self._at(np.union1d(self["SessionTime"].to_numpy(), _times([start_time, end_time])))
        mask = (data["SessionTime"] >= start_time) & (data["SessionTime"] <= end_time)
        part = data.slice_by_mask(mask, pad, pad_side)
        if "Time" in part.columns:
            part["Time"] = part["SessionTime"] - start_time
        return part

    def merge_channels(self, other: Any, frequency: int | Literal["original"] | None = None) -> Any:
        """Rows at the times of both, with the channels of both.

        Values are interpolated as `register_new_channel` describes. `frequency` is a number of rows per second.
        """
        ours, theirs = self.dropna(subset=["SessionTime"]), _telemetry(other, self)
        names = list(dict.fromkeys([*ours.columns, *theirs.columns]))
        types = {**theirs.dtypes.to_dict(), **ours.dtypes.to_dict()}
        # At equal times the first one counts. Values that one of them lacks are interpolated from those of the other.
        plain = [pd.DataFrame(part).drop_duplicates("SessionTime").set_index("SessionTime") for part in (ours, theirs)]
        both = plain[0].combine_first(plain[1]).reset_index()[names]
        merged = Telemetry(both, session=self.session, driver=self.driver)
        times = merged["SessionTime"].to_numpy()
        if frequency not in (None, "original"):
            step = np.timedelta64(round(_NANOSECONDS / float(str(frequency))), "ns")
            times = np.arange(times[0], times[-1] + np.timedelta64(1, "ns"), step)
        merged = merged._at(times)
        whole = [name for name in names if types[name].kind in "bi" and not merged[name].isna().any()]
        return merged.astype({name: types[name] for name in whole})

    def resample_channels(self, rule: str | None = None, new_date_ref: Any = None, **options: Any) -> Any:
        """Rows at other times: every `rule`, such as `100ms`, or at the dates of a series.

        Values between two rows are interpolated. `lap.get_telemetry(frequency=...)` has means instead, so that nothing is aliased.
        """
        if (rule is None) == (new_date_ref is None):
            raise ArgumentError("expected either rule or new_date_ref")
        if rule is not None:
            index = pd.TimedeltaIndex(self["SessionTime"])
            times = pd.Series(0, index=index).resample(rule, **options).asfreq().index.to_numpy()
        else:
            times = (pd.to_datetime(pd.Series(new_date_ref)) - self.session.t0_date).to_numpy()
        times = times[(times >= self["SessionTime"].min()) & (times <= self["SessionTime"].max())]
        return self._at(times)

    def fill_missing(self) -> Any:
        """Telemetry without missing values: continuous channels are interpolated, discrete ones have the value before."""
        return self._at(self["SessionTime"].to_numpy())

    @classmethod
    def register_new_channel(cls, name: str, signal_type: str, interpolation_method: str | None = None) -> None:
        """Sets how a channel is merged and resampled: `continuous` (interpolated linearly), `discrete` (the value before) or `excluded`."""
        if signal_type not in ("continuous", "discrete", "excluded"):
            raise ArgumentError(f"signal_type: {signal_type}: expected continuous, discrete or excluded")
        if signal_type == "continuous" and interpolation_method is None:
            raise ArgumentError("a continuous channel needs an interpolation_method")
        cls._CHANNELS[name] = {"type": signal_type, "method": interpolation_method}

    def _at(self, times: Any) -> Any:
        """The channels at other times of the session."""
        times = _times(times)
        own = self["SessionTime"].to_numpy()
        order = np.argsort(own, kind="stable")
        own = own[order]
        known = own.astype("int64")
        wanted = times.astype("int64")
        before = np.clip(np.searchsorted(known, wanted, side="right") - 1, 0, max(len(known) - 1, 0))
        is_sample = known[before] == wanted if len(known) else np.zeros(len(wanted), dtype=bool)
        columns: dict[str, Any] = {}
        for name in self.columns:
            kind = self._CHANNELS.get(name, {"type": "unknown"})["type"]
            values = self[name].to_numpy()[order]
            if name == "SessionTime":
                columns[name] = times
            elif name == "Time":
                columns[name] = times - times[0] if len(times) else times
            elif name == "Date":
                columns[name] = _dates(self, times)
            elif name == "Source":
                columns[name] = np.where(is_sample, values[before], "interpolated")
            elif kind == "continuous":
                values = values.astype(float)
                good = ~np.isnan(values)
                columns[name] = np.interp(wanted, known[good], values[good]) if good.any() else np.full(len(wanted), np.nan)
            elif kind == "discrete":
                known_at = np.flatnonzero(~pd.isna(values))
                if len(known_at):
                    values = values[known_at[np.clip(np.searchsorted(known_at, np.arange(len(values)), side="right") - 1, 0, None)]]
                columns[name] = values[before]
            else:
                columns[name] = pd.Series(values).iloc[before].where(is_sample).to_numpy()
        return Telemetry(columns, session=self.session, driver=self.driver)


def _times(values: Any) -> Any:
    return pd.TimedeltaIndex(values).to_numpy().astype("timedelta64[ns]")


def _dates(telemetry: Telemetry, times: Any) -> Any:
    zero = telemetry.session.t0_date if telemetry.session is not None else pd.NaT
    if zero is pd.NaT:
        return np.full(len(times), np.datetime64("NaT", "ns"))
    return zero.to_datetime64().astype("datetime64[ns]") + times


def _telemetry(other: Any, like: Telemetry) -> Any:
    """Another frame as telemetry, with `SessionTime`."""
    frame = Telemetry(other, session=like.session, driver=like.driver)
    if "SessionTime" not in frame.columns:
        frame = frame.assign(SessionTime=frame["Date"] - like.session.t0_date)
    return frame.dropna(subset=["SessionTime"])


class _LapVerbs:
    """What one lap and several laps have in common."""

    session: Any

    def _laps(self) -> Any:
        raise NotImplementedError

    def get_telemetry(self, *, frequency: int | Literal["original"] | None = None) -> Any:
        """Telemetry with all channels.

        It has a row for each packet of the game, 333 per second, and one at the beginning and at the end. Positions, which the game publishes
        with each picture, are interpolated. `frequency` is a number of rows per second, which are means of what lies around them then.
        """
        return self.session.telemetry_of(self._laps(), "all", frequency)

    def get_car_data(self, **options: Any) -> Any:
        """Telemetry without positions. Options are those of `Telemetry.slice_by_lap`."""
        return self._part("car", options)

    def get_pos_data(self, **options: Any) -> Any:
        """Positions, at the times at which the game published new ones. Options are those of `Telemetry.slice_by_lap`."""
        return self._part("pos", options)

    def _part(self, kind: str, options: dict[str, Any]) -> Any:
        laps = self._laps()
        if not options:
            return self.session.telemetry_of(laps, kind, None)
        around = self.session.telemetry_of(laps, kind, None, around=1 if options.get("pad") else 0)
        return around.slice_by_lap(laps, **options).reset_index(drop=True)


class Lap(pd.Series, _LapVerbs):  # type: ignore[misc]
    """A lap: a row of `Laps`."""

    _metadata = ["session"]

    @property
    def _constructor(self) -> Any:
        return Lap

    def _laps(self) -> Any:
        return Laps([self], session=self.session)

    @cached_property
    def telemetry(self) -> Any:
        """The same as `get_telemetry()`, kept."""
        return self.get_telemetry()

    def get_weather_data(self) -> Any:
        """The first row of the weather data in the lap, or the last one before its end."""
        weather = self.session.weather_data
        inside = weather[(weather["Time"] >= self["LapStartTime"]) & (weather["Time"] <= self["Time"])]
        if len(inside):
            return inside.iloc[0]
        before = weather[weather["Time"] <= self["Time"]]
        return before.iloc[-1] if len(before) else pd.Series(index=weather.columns, dtype=object)


class Laps(_Frame, _LapVerbs):
    """Laps, a row each, with the verbs of FastF1.

    Missing: `SpeedST`, `TyreLife` and `FreshTyre`, because the game has no such values. Missing for other cars: speeds, tyres, times in the
    pit lane, and whether a lap is deleted. `SpeedI1`, `SpeedI2` and `SpeedFL` are the speeds at the ends of the sectors.
    """

    QUICKLAP_THRESHOLD = 1.07

    @property
    def _constructor_sliced(self) -> Callable[..., Any]:
        columns, session = self.columns, self.session

        def sliced(*args: Any, **options: Any) -> Any:
            series = pd.Series(*args, **options)
            if len(series.index) != len(columns) or not (series.index is columns or series.index.equals(columns)):
                return series
            lap = Lap(series)
            lap.session = session
            return lap

        return sliced

    def _laps(self) -> Any:
        return self

    @cached_property
    def telemetry(self) -> Any:
        """The same as `get_telemetry()`, kept."""
        return self.get_telemetry()

    def get_weather_data(self) -> Any:
        """A row of the weather data for each lap."""
        weather = self.session.weather_data
        rows = [lap.get_weather_data() for _, lap in self.iterrows()]
        return pd.DataFrame(rows, columns=weather.columns).astype(weather.dtypes.to_dict())

    def pick_lap(self, lap_number: int) -> Any:
        """The laps with this number."""
        return self[self["LapNumber"] == lap_number]

    def pick_laps(self, lap_numbers: int | Iterable[int]) -> Any:
        """The laps with these numbers."""
        return self[self["LapNumber"].isin(_several(lap_numbers))]

    def pick_drivers(self, identifiers: int | str | Iterable[int | str]) -> Any:
        """The laps of drivers: their abbreviations, numbers or full names."""
        wanted = {str(one).casefold() for one in _several(identifiers)}
        numbers = {car.number for car in self.session.cars if {car.number, car.code.casefold(), car.name.casefold()} & wanted}
        return self[self["DriverNumber"].isin(numbers)]

    def pick_driver(self, identifier: int | str) -> Any:
        """The laps of a driver."""
        return self.pick_drivers(identifier)

    def pick_teams(self, names: str | Iterable[str]) -> Any:
        """The laps with these models of cars."""
        return self[self["Team"].isin(_several(names))]

    def pick_team(self, name: str) -> Any:
        """The laps with this model of car."""
        return self.pick_teams(name)

    def pick_fastest(self, only_by_time: bool = False) -> Any:
        """The fastest lap that counts; `None` if no lap does.

        Laps with telemetry are preferred. If another car has a faster one, it warns; `only_by_time` returns the fastest of all laps, whether they
        count or not.
        """
        laps = self if only_by_time else self[self["IsPersonalBest"] == True]  # noqa: E712
        laps = laps[laps["LapTime"].notna()]
        if laps.empty:
            return None
        fastest = _fastest(laps)
        player = self.session.cars[0].number
        own = laps[laps["DriverNumber"] == player]
        if only_by_time or own.empty or fastest["DriverNumber"] == player:
            return fastest
        best = _fastest(own)
        if best["LapTime"] == fastest["LapTime"]:
            return best
        warnings.warn(
            f"{fastest['Driver']} has a faster lap, without telemetry; this is the fastest one of {best['Driver']}. "
            "pick_fastest(only_by_time=True) returns the fastest of all.",
            stacklevel=2,
        )
        return best

    def pick_quicklaps(self, threshold: float | None = None) -> Any:
        """The laps that are faster than the fastest one times a factor, by default 1.07."""
        limit = self["LapTime"].min() * (self.QUICKLAP_THRESHOLD if threshold is None else threshold)
        return self[self["LapTime"] < limit]

    def pick_compounds(self, compounds: str | Iterable[str]) -> Any:
        """The laps with tyres: names of FastF1 (`Compound`) or of the game (`TyreName`)."""
        wanted = {compound.casefold() for compound in _several(compounds)}
        names = (self[name].astype("object").map(lambda text: str(text).casefold()) for name in ("Compound", "TyreName"))
        first, second = names
        return self[first.isin(wanted) | second.isin(wanted)]

    def pick_tyre(self, compound: str) -> Any:
        """The laps with these tyres."""
        return self.pick_compounds(compound)

    def pick_track_status(self, status: str, how: str = "equals") -> Any:
        """The laps with a track status: `how` is `equals`, `contains`, `excludes`, `any` or `none`."""
        have = self["TrackStatus"].fillna("").astype(str)
        masks: dict[str, Callable[[str], bool]] = {
            "equals": lambda text: text == status,
            "contains": lambda text: status in text,
            "excludes": lambda text: status not in text,
            "any": lambda text: any(one in text for one in status),
            "none": lambda text: not any(one in text for one in status),
        }
        if how not in masks:
            raise ArgumentError(f"how: {how}: expected {', '.join(masks)}")
        return self[have.map(masks[how]).astype(bool)]

    def pick_wo_box(self) -> Any:
        """The laps of which no part was driven in the pit lane."""
        return self[~self["ThroughPits"].astype(bool)]

    def pick_box_laps(self, which: Literal["in", "out", "both"] = "both") -> Any:
        """The laps that ended (`in`) or began (`out`) in the pits, or either (`both`).

        Of other cars it is only known that a part was driven in the pit lane: `both` has these laps.
        """
        if which not in ("in", "out", "both"):
            raise ArgumentError(f"which: {which}: expected in, out or both")
        if which == "both":
            return self[self["ThroughPits"].astype(bool)]
        return self[self["PitInTime" if which == "in" else "PitOutTime"].notna()]

    def pick_not_deleted(self) -> Any:
        """The laps of which the game does not say that they don't count."""
        return self[self["Deleted"].map(lambda value: value is not True).astype(bool)]

    def pick_accurate(self) -> Any:
        """The laps with certain times: `IsAccurate` is true."""
        return self[self["IsAccurate"].astype(bool)]

    def split_qualifying_sessions(self) -> list[Any]:
        """Raises `AcevoError`: the game has no parts of a qualifying session."""
        raise AcevoError("a qualifying session of the game has no parts Q1, Q2 and Q3")

    def iterlaps(self, require: Iterable[str] | None = None) -> Iterator[tuple[Any, Any]]:
        """Index and lap of each row. With `require` only laps that have values in these columns."""
        names = list(require or ())
        for index, lap in self.iterrows():
            if all(name in lap.index and not pd.isna(lap[name]) for name in names):
                yield index, lap


def _fastest(laps: Any) -> Any:
    return laps.iloc[int(np.argmin(laps["LapTime"].to_numpy()))]


def _several(values: Any) -> list[Any]:
    return [values] if isinstance(values, (str, int, float)) else list(values)


class SessionResults(_Frame):
    """The results of a session, a row for each driver."""

    @property
    def _constructor_sliced(self) -> Callable[..., Any]:
        columns = self.columns

        def sliced(*args: Any, **options: Any) -> Any:
            series = pd.Series(*args, **options)
            return DriverResult(series) if series.index is columns or series.index.equals(columns) else series

        return sliced


class DriverResult(pd.Series):  # type: ignore[misc]
    """The result of a driver: a row of `SessionResults`."""

    @property
    def _constructor(self) -> Any:
        return DriverResult

    @property
    def dnf(self) -> bool | None:
        """Whether the driver retired; `None`, because the game does not publish it."""
        return None


class Event(pd.Series):  # type: ignore[misc]
    """The event of a session: the track under the names of FastF1's event."""

    @property
    def _constructor(self) -> Any:
        return Event

    @property
    def year(self) -> int:
        """The year of the recording."""
        year: int = self["EventDate"].year
        return year

    def is_testing(self) -> bool:
        """False: there are no tests."""
        return False

    def get_session_name(self, identifier: Any = None) -> str:
        """The name of the session."""
        del identifier
        return str(self["Session1"])
