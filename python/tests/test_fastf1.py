"""Sessions under FastF1's names: laps, telemetry, positions on the map, colours, and programs that were written for FastF1."""

from __future__ import annotations

import runpy
import subprocess
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import acevo_telemetry as acevo
import numpy as np
import pytest
from acevo_telemetry import _fastf1_cars

pd = pytest.importorskip("pandas")

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="module")
def session(race: Path) -> Any:
    """The race."""
    return acevo.fastf1(race)


@pytest.fixture(scope="module")
def pits(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A practice session with pit stops."""
    path = tmp_path_factory.mktemp("pits") / "pits.acevo"
    acevo.simulate(path, 600, scenario="pits", cars=3)
    return acevo.fastf1(path)


@pytest.fixture
def pyplot() -> Iterator[Any]:
    """matplotlib without a screen."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with matplotlib.rc_context():
        yield plt
    plt.close("all")


def own(session: Any) -> Any:
    """The laps of the player's car."""
    return session.laps.pick_drivers(session.cars[0].code)


def test_laps_have_the_times_of_the_recording(session: Any, race: Path) -> None:
    recorded = acevo.open(race).laps
    laps = own(session)
    assert len(laps) == len(recorded)
    for (_, lap), expected in zip(laps.iterlaps(), recorded):
        assert lap["LapNumber"] == expected.number
        if expected.time is None:
            assert pd.isna(lap["LapTime"])
            continue
        assert lap["LapTime"].total_seconds() == pytest.approx(expected.time, abs=1e-9)
        assert (lap["Time"] - lap["LapStartTime"]).total_seconds() == pytest.approx(expected.time, abs=0.002)
        sectors = [lap[f"Sector{number}Time"].total_seconds() for number in (1, 2, 3)]
        assert sectors == pytest.approx(expected.sectors)
        assert (lap["Sector3SessionTime"] - lap["Time"]).total_seconds() == pytest.approx(0, abs=0.003)
        assert lap["LapStartDate"] == session.t0_date + lap["LapStartTime"]


def test_laps_have_the_columns_of_fastf1_with_their_types(session: Any) -> None:
    core = pytest.importorskip("fastf1.core")
    if not hasattr(core.Laps, "_COLUMNS"):
        pytest.skip("this version of FastF1 has no list of columns")
    for name, kind in core.Laps._COLUMNS.items():
        assert name in session.laps.columns
        if isinstance(kind, str):
            assert session.laps[name].dtype == kind, name
        elif kind is bool and name != "FreshTyre":
            assert session.laps[name].dtype == bool, name
    for name in core.SessionResults._COLUMNS:
        assert name in session.results.columns


def test_laps_without_a_source_in_the_game_are_missing(session: Any) -> None:
    laps = session.laps
    for name in ("SpeedST", "TyreLife", "FreshTyre"):
        assert laps[name].isna().all(), name
    others = laps[laps["DriverNumber"] != session.cars[0].number]
    assert len(others) > 20
    for name in ("SpeedI1", "SpeedFL", "Compound", "PitInTime", "Deleted"):
        assert others[name].isna().all(), name


def test_slices_keep_their_class_and_session(session: Any) -> None:
    laps = session.laps
    frames = [laps[2:5], laps[laps["LapNumber"] == 2], laps[["LapTime", "Driver"]], laps.sort_values("LapTime"), pd.concat([laps, laps])]
    for frame in [*frames, laps.copy(), laps.reset_index(drop=True)]:
        assert type(frame) is type(laps)
        assert frame.session is session
    for lap in (laps.iloc[0], laps.loc[1], next(laps.iterrows())[1], next(laps.iterlaps())[1]):
        assert type(lap).__name__ == "Lap"
        assert lap.session is session
    assert type(laps["Driver"]) is pd.Series
    again = type(laps)([laps.iloc[0], laps.iloc[1]], session=session)
    assert list(again["LapNumber"]) == [1, 2]
    assert len(again.get_telemetry()) == len(laps[:2].get_telemetry())


def test_pick_fastest_prefers_laps_with_telemetry(session: Any, race: Path) -> None:
    fastest = session.laps.pick_fastest()
    best = acevo.open(race).laps.pick_fastest()
    assert fastest["LapTime"].total_seconds() == best.time
    assert fastest["DriverNumber"] == session.cars[0].number

    slow = own(session).pick_lap(1)
    others = session.laps[session.laps["DriverNumber"] != session.cars[0].number]
    mixed = pd.concat([slow, others])
    with pytest.warns(UserWarning, match="has a faster lap, without telemetry"):
        assert mixed.pick_fastest()["DriverNumber"] == session.cars[0].number
    assert mixed.pick_fastest(only_by_time=True)["LapTime"] == mixed["LapTime"].min()
    assert others.pick_fastest()["LapTime"] == others["LapTime"].min()
    assert slow[:0].pick_fastest() is None


def test_verbs_pick_laps(session: Any) -> None:
    laps, code = session.laps, session.cars[0].code
    assert set(laps.pick_laps([2, 3])["LapNumber"]) == {2, 3}
    assert set(laps.pick_lap(2)["LapNumber"]) == {2}
    number, name = session.cars[0].number, session.cars[0].name
    assert len(laps.pick_drivers(code)) == len(laps.pick_drivers(int(number))) == len(laps.pick_drivers([name])) == 7
    assert set(laps.pick_drivers([code.lower(), 2])["DriverNumber"]) == {number, "2"}
    assert len(laps.pick_driver(code)) == 7
    assert set(laps.pick_teams(session.cars[0].team)["Driver"]) == {code}
    limit = laps["LapTime"].min() * 1.03
    assert (laps.pick_quicklaps(1.03)["LapTime"] < limit).all()
    assert 0 < len(laps.pick_quicklaps(1.03)) < len(laps.pick_quicklaps())
    assert len(laps.pick_compounds("medium")) == len(laps.pick_tyre("Slick Medium")) == 7
    assert laps.pick_compounds(["SOFT", "HARD"]).empty
    assert laps.pick_accurate()["LapTime"].notna().all()
    assert len(laps.pick_not_deleted()) == len(laps)
    assert [lap["LapNumber"] for _, lap in own(session).iterlaps(require=["LapTime"])] == [1, 2, 3, 4, 5, 6]


def test_track_status_is_from_the_flags(session: Any) -> None:
    laps = own(session)
    assert list(laps.pick_track_status("2", how="contains")["LapNumber"]) == [3]
    assert list(laps.pick_track_status("2", how="excludes")["LapNumber"]) == [1, 2, 4, 5, 6, 7]
    assert list(session.track_status["Status"]) == ["1", "2", "1"]


def test_box_laps_have_the_times_of_the_pit_lane(pits: Any) -> None:
    laps = own(pits)
    assert list(laps.pick_box_laps("in")["LapNumber"]) == [2, 4, 6]
    assert list(laps.pick_box_laps("out")["LapNumber"]) == [1, 3, 5]
    assert len(laps.pick_box_laps()) == 6
    assert laps.pick_wo_box().empty
    assert (laps["PitInTime"].dropna() > laps["LapStartTime"][laps["PitInTime"].notna()]).all()
    assert list(laps["Stint"]) == [1, 1, 2, 2, 3, 3]
    assert set(laps["DeletedReason"]) == {"out lap", "pit lane"}
    assert laps.pick_not_deleted().empty
    assert not laps["IsAccurate"].any()
    assert pits.name == "Practice"
    assert pits.laps["Position"].isna().all()


def test_positions_in_a_race_are_the_order_at_the_line(session: Any) -> None:
    for number in range(1, 7):
        laps = session.laps.pick_lap(number)
        assert sorted(laps["Position"]) == list(range(1, 9))
        assert list(laps.sort_values("Time")["Position"]) == list(range(1, 9))


def test_telemetry_is_that_of_the_recording(session: Any, race: Path) -> None:
    lap, recorded = session.laps.pick_fastest(), acevo.open(race).laps.pick_fastest()
    table = recorded.telemetry("speed", "gear", "rpm", "throttle", "brake")
    car = lap.get_car_data()
    assert len(car) == len(table)
    np.testing.assert_allclose(car["Speed"], np.asarray(table["speed"]))
    np.testing.assert_array_equal(car["nGear"], np.asarray(table["gear"]))
    np.testing.assert_array_equal(car["Brake"], np.asarray(table["brake"]) > 1)
    np.testing.assert_allclose(car["Time"].dt.total_seconds(), np.asarray(table["time_s"]), atol=2e-3)
    assert car["Throttle"].between(0, 100).all()
    assert car["Brake"].dtype == bool
    assert car["nGear"].dtype.kind == "i"
    assert (car["Source"] == "car").all()


def test_telemetry_reaches_from_line_to_line(session: Any) -> None:
    lap = session.laps.pick_fastest()
    telemetry = lap.get_telemetry()
    assert telemetry["Time"].iloc[0] == pd.Timedelta(0)
    assert telemetry["Distance"].iloc[0] == 0
    assert telemetry["RelativeDistance"].iloc[-1] == 1
    assert telemetry["Time"].iloc[-1].total_seconds() == pytest.approx(lap["LapTime"].total_seconds(), abs=0.002)
    assert telemetry["Distance"].iloc[-1] == pytest.approx(session.source.track_length, rel=1e-3)
    assert telemetry["Distance"].is_monotonic_increasing
    assert telemetry["SessionTime"].is_monotonic_increasing
    assert (telemetry["Date"] == session.t0_date + telemetry["SessionTime"]).all()
    assert not telemetry.isna().any().any()
    assert type(telemetry).__name__ == "Telemetry"
    # The integral of the speed is the way that was driven, which is not exactly the centre line.
    assert telemetry.integrate_distance().iloc[-1] == pytest.approx(telemetry["Distance"].iloc[-1], rel=0.02)


def test_telemetry_of_laps_is_continuous(session: Any) -> None:
    laps = own(session)[1:4]
    telemetry = laps.get_telemetry()
    assert telemetry["SessionTime"].is_monotonic_increasing
    assert telemetry["SessionTime"].is_unique
    assert telemetry["Distance"].is_monotonic_increasing
    assert telemetry["Distance"].iloc[-1] == pytest.approx(3 * session.source.track_length, rel=1e-3)
    second = telemetry.slice_by_lap(laps.iloc[1])
    assert second["Time"].iloc[-1].total_seconds() == pytest.approx(laps.iloc[1]["LapTime"].total_seconds(), abs=0.01)


def test_telemetry_with_a_frequency_has_equal_steps(session: Any) -> None:
    lap = session.laps.pick_fastest()
    telemetry = lap.get_telemetry(frequency=20)
    steps = np.diff(telemetry["Time"].dt.total_seconds())
    np.testing.assert_allclose(steps, 0.05, atol=1e-6)
    assert telemetry["Distance"].iloc[0] == 0
    assert telemetry["Time"].iloc[-1] <= lap["LapTime"]
    exact = np.interp(telemetry["Time"].dt.total_seconds(), lap.telemetry["Time"].dt.total_seconds(), lap.telemetry["Speed"])
    assert np.abs(telemetry["Speed"] - exact)[1:-1].max() < 2.5


def test_map_is_not_mirrored(session: Any, race: Path) -> None:
    """A car that steers to the right turns clockwise on the map, which has its second axis up."""
    lap, recorded = session.laps.pick_fastest(), acevo.open(race).laps.pick_fastest()
    telemetry = lap.get_telemetry(frequency=10)
    x, y = telemetry["X"].to_numpy(), telemetry["Y"].to_numpy()
    heading = np.unwrap(np.arctan2(np.diff(y), np.diff(x)))
    turn = np.gradient(heading)
    steering = np.interp(
        telemetry["Time"].dt.total_seconds()[:-1],
        np.asarray(recorded.telemetry("steering")["time_s"]),
        np.asarray(recorded.telemetry("steering")["steering"]),
    )
    clear = np.abs(steering) > 5
    assert clear.sum() > 50
    assert np.mean(np.sign(turn[clear]) == -np.sign(steering[clear])) > 0.9
    # The steps on the map are as long as the speed says: the unit is 1/10 m.
    speed = np.hypot(np.diff(x), np.diff(y)) / 10 / 0.1 * 3.6
    assert np.median(speed / telemetry["Speed"].to_numpy()[:-1]) == pytest.approx(1, abs=0.03)
    assert telemetry["Z"].between(-500, 5000).all()


def test_positions_have_only_rows_with_news(session: Any) -> None:
    lap = session.laps.pick_fastest()
    positions = lap.get_pos_data()
    assert (np.hypot(positions["X"].diff(), positions["Y"].diff())[1:] > 0).all()
    assert 0.1 < len(positions) / len(lap.get_car_data()) < 0.3
    assert "Speed" not in positions.columns


def test_channels_are_merged_at_the_times_of_both(session: Any) -> None:
    lap = session.laps.pick_fastest()
    positions, car = lap.get_pos_data(), lap.get_car_data()
    merged = positions.merge_channels(car)
    assert len(merged) == len(car)
    assert not merged[["X", "Y", "Speed", "nGear", "Distance"]].isna().any().any()
    assert merged["nGear"].dtype == car["nGear"].dtype
    assert merged["Brake"].dtype == bool
    np.testing.assert_allclose(merged["Speed"], car["Speed"])
    slow = positions.merge_channels(car, frequency=10)
    np.testing.assert_allclose(np.diff(slow["Time"].dt.total_seconds()), 0.1)
    assert (slow["Source"].iloc[1:] == "interpolated").mean() > 0.5

    resampled = car.resample_channels("100ms")
    np.testing.assert_allclose(np.diff(resampled["SessionTime"].dt.total_seconds()), 0.1)
    dates = car["Date"].iloc[10:1000:100]
    assert list(car.resample_channels(new_date_ref=dates)["Speed"]) == list(car["Speed"].iloc[10:1000:100])
    with pytest.raises(acevo.ArgumentError):
        car.resample_channels()
    with_hole = car.assign(Speed=car["Speed"].where(car.index != 5))
    assert with_hole.fill_missing()["Speed"].iloc[5] == pytest.approx((car["Speed"].iloc[4] + car["Speed"].iloc[6]) / 2, abs=0.05)


def test_channels_can_be_registered(session: Any) -> None:
    car = session.laps.pick_fastest().get_car_data()
    other = car[["SessionTime", "Date"]].iloc[::10].assign(Grip=np.arange(len(car.iloc[::10]), dtype=float))
    kind = type(car)
    assert car.merge_channels(other)["Grip"].isna().any()
    kind.register_new_channel("Grip", "continuous", "linear")
    try:
        assert not car.merge_channels(other)["Grip"].isna().any()
    finally:
        del kind._CHANNELS["Grip"]
    with pytest.raises(acevo.ArgumentError):
        kind.register_new_channel("Grip", "wrong")


def test_telemetry_is_sliced(session: Any) -> None:
    lap = session.laps.pick_fastest()
    car = lap.get_car_data()
    start = lap["LapStartTime"] + pd.Timedelta(seconds=10.0005)
    part = car.slice_by_time(start, start + pd.Timedelta(seconds=5), interpolate_edges=True)
    assert part["Time"].iloc[0] == pd.Timedelta(0)
    assert part["Time"].iloc[-1] == pd.Timedelta(seconds=5)
    assert part["Source"].iloc[0] == "interpolated"
    fast = car.slice_by_mask(car["Speed"] > 200)
    assert (fast["Speed"] > 200).all()
    padded = car.slice_by_mask(car.index.isin(range(100, 200)), pad=2)
    assert list(padded.index[[0, -1]]) == [98, 201]
    around = lap.get_car_data(pad=1)
    assert len(around) == len(car) + 2
    assert around["Time"].iloc[0] < pd.Timedelta(0)
    assert around["Distance"].iloc[1] == pytest.approx(car["Distance"].iloc[0], abs=1e-6)


def test_distances_are_added(session: Any) -> None:
    car = session.laps.pick_fastest().get_car_data()
    assert list(car.add_distance()["Distance"]) == list(car["Distance"])
    plain = car.drop(columns="Distance")
    assert plain.add_distance()["Distance"].iloc[-1] == pytest.approx(car["Distance"].iloc[-1], rel=0.02)
    assert car.add_relative_distance()["RelativeDistance"].iloc[-1] == 1
    steps = car.add_differential_distance()["DifferentialDistance"]
    np.testing.assert_allclose(steps.cumsum(), plain.add_distance()["Distance"])


def test_what_the_game_does_not_publish_raises(session: Any) -> None:
    other = session.laps[session.laps["DriverNumber"] != session.cars[0].number].iloc[0]
    for ask in (other.get_telemetry, other.get_car_data, other.get_pos_data, session.laps.get_telemetry):
        with pytest.raises(acevo.AcevoError, match="telemetry"):
            ask()
    with pytest.raises(acevo.AcevoError, match="no telemetry of C2"):
        session.car_data["2"]
    with pytest.raises(acevo.AcevoError, match="car ahead"):
        session.laps.pick_fastest().get_car_data().add_driver_ahead()
    with pytest.raises(acevo.AcevoError, match="drivers are"):
        session.get_driver("Q")


def test_session_has_event_results_and_weather(session: Any, race: Path) -> None:
    event = session.event
    recorded = acevo.open(race).sessions[0]
    assert event["EventName"] == event.name == recorded.track
    assert event.year == event["EventDate"].year == recorded.began.year
    assert session.name == "Race"
    assert session.date == event["EventDate"]
    assert session.load() is None
    assert session.drivers[0] == session.results["DriverNumber"].iloc[0]
    assert list(session.results["Position"]) == list(range(1, 9))
    driver = session.get_driver(session.cars[0].code)
    assert driver["FullName"] == recorded.driver
    assert driver["Laps"] == 6
    expected = sum(lap.time for lap in recorded.laps if lap.time)
    assert driver["Time"].total_seconds() == pytest.approx(expected)
    weather = session.weather_data
    assert weather["AirTemp"].between(0, 60).all()
    assert weather["Humidity"].isna().all()
    for _, lap in own(session).iterlaps():
        inside = weather["Time"].between(lap["LapStartTime"] - pd.Timedelta(seconds=0.01), lap["Time"])
        assert inside.any()
    assert len(own(session).get_weather_data()) == len(own(session))
    assert set(session.car_data) == set(session.pos_data) == {session.cars[0].number}


def test_corners_lie_beside_the_line_of_the_car(session: Any) -> None:
    corners = session.get_circuit_info().corners
    telemetry = session.laps.pick_fastest().get_telemetry()
    assert list(corners["Number"]) == list(range(1, len(corners) + 1))
    for _, corner in corners.iterrows():
        nearest = np.argmin((telemetry["Distance"] - corner["Distance"]).abs())
        x, y = telemetry["X"].iloc[nearest], telemetry["Y"].iloc[nearest]
        assert np.hypot(x - corner["X"], y - corner["Y"]) < 150
        # The angle leads to the outside: away from the line 60 m before and after the apex.
        inner = [np.argmin((telemetry["Distance"] - corner["Distance"] - offset).abs()) for offset in (-60, 60)]
        middle = telemetry[["X", "Y"]].iloc[inner].mean() - telemetry[["X", "Y"]].iloc[nearest]
        angle = np.radians(corner["Angle"])
        assert middle["X"] * np.cos(angle) + middle["Y"] * np.sin(angle) < 0, corner["Number"]


def test_sessions_are_chosen_by_number(race: Path) -> None:
    recording = acevo.open(race)
    assert isinstance(recording, acevo.Recording)
    assert acevo.fastf1(recording, 1).source.number == 1
    with pytest.raises(acevo.ArgumentError, match="session: 9"):
        acevo.fastf1(race, session=9)
    with pytest.raises(acevo.RecordingNotFoundError):
        acevo.fastf1(race.with_name("missing.acevo"))


def test_api_path_is_unique(session: Any, pits: Any, race: Path) -> None:
    assert session.api_path != pits.api_path
    assert session.api_path == acevo.fastf1(race).api_path


def test_plotting_of_fastf1_has_colors_of_teams_and_drivers(session: Any) -> None:
    plotting = pytest.importorskip("fastf1.plotting")
    lap = session.laps.pick_fastest()
    color = plotting.get_team_color(lap["Team"], session=session)
    assert color == plotting.get_driver_color(lap["Driver"], session=session) == f"#{session.get_driver(lap['Driver'])['TeamColor']}"
    assert plotting.get_driver_name(lap["Driver"], session=session) == session.cars[0].name
    assert plotting.get_driver_abbreviation(session.cars[0].last_name, session=session) == lap["Driver"]
    assert set(plotting.list_driver_abbreviations(session)) == set(session.laps["Driver"])
    styles = [plotting.get_driver_style(code, ["color", "linestyle"], session) for code in session.laps["Driver"].unique()]
    assert len({tuple(style.items()) for style in styles}) == len(styles)
    assert plotting.get_compound_color(lap["Compound"], session=session).startswith("#")
    assert plotting.get_compound_mapping(session)
    # The model of the other cars is not in this recording.
    unknown = session.laps.pick_drivers(2).iloc[0]
    assert unknown["Team"] == ""
    assert plotting.get_team_color(unknown["Team"], session=session) != color


def test_versions_of_fastf1_without_the_table_are_left_alone(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for interface in (types.ModuleType("empty"), types.SimpleNamespace(_DRIVER_TEAM_MAPPINGS=None, Constants={"2020": 1})):
        monkeypatch.setitem(sys.modules, "fastf1.plotting._interface", interface)
        assert session.api_path
    monkeypatch.delitem(sys.modules, "fastf1.plotting._interface")
    assert session.api_path
    known = {"2020": types.SimpleNamespace(model_copy=lambda update: update)}
    _fastf1_cars._register_year(types.SimpleNamespace(Constants=known), "2031")
    assert known["2031"] == {"teams": {}}
    old = _fastf1_cars.mapping("2020", session.cars).teams[0]
    assert old.constants.TeamColor.FastF1 == old.colors.fastf1
    assert old.drivers[0].normalized_value == old.drivers[0].normalized_name


def test_numbers_and_abbreviations_are_unique() -> None:
    assert _fastf1_cars._numbers([None, 7, None, 7, 1]) == ["2", "7", "3", "4", "1"]
    assert _fastf1_cars._plain("Müldřansová") == "MULDRANSOVA"


def fake_show(plt: Any) -> list[Any]:
    """Figures that a program shows."""
    shown: list[Any] = []
    plt.show = lambda: shown.extend(plt.figure(number) for number in plt.get_fignums() if plt.figure(number) not in shown)
    return shown


def run(name: str, recording: Path, plt: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Runs an example and returns its figures."""
    monkeypatch.setattr(plt, "show", plt.show)
    monkeypatch.setattr(sys, "argv", [name, str(recording)])
    shown = fake_show(plt)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=FutureWarning, module="acevo_telemetry")
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    for figure in shown:
        figure.canvas.draw()
    return shown


def test_example_speed_traces(race: Path, session: Any, pyplot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fastf1.plotting")
    (figure,) = run("fastf1_speed_traces.py", race, pyplot, monkeypatch)
    first, second = figure.axes[0].get_lines()
    fastest = session.laps.pick_fastest()
    np.testing.assert_allclose(first.get_ydata(), fastest.get_car_data()["Speed"])
    assert first.get_xdata()[-1] == pytest.approx(session.source.track_length, rel=1e-3)
    assert second.get_linestyle() == "--"
    assert first.get_color() == second.get_color()
    assert first.get_label() == f"{fastest['Driver']}, lap {fastest['LapNumber']:.0f}"
    assert session.source.track in figure.get_suptitle()


def test_example_gear_shifts(race: Path, session: Any, pyplot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (figure,) = run("fastf1_gear_shifts.py", race, pyplot, monkeypatch)
    (line,) = figure.axes[0].collections
    telemetry = session.laps.pick_fastest().get_telemetry()
    np.testing.assert_array_equal(line.get_array(), telemetry["nGear"])
    assert len(line.get_segments()) == len(telemetry) - 1
    corners = np.concatenate(line.get_segments())
    assert np.ptp(corners[:, 0]) == pytest.approx(np.ptp(telemetry["X"]))


def test_example_speed_on_track(race: Path, session: Any, pyplot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (figure,) = run("fastf1_speed_on_track.py", race, pyplot, monkeypatch)
    telemetry = session.laps.pick_fastest().telemetry
    (line,) = figure.axes[0].collections
    np.testing.assert_array_equal(line.get_array(), telemetry["Speed"])
    assert line.norm.vmax == telemetry["Speed"].max()
    (track,) = figure.axes[0].get_lines()
    np.testing.assert_array_equal(track.get_ydata(), telemetry["Y"])


def test_example_corners(race: Path, session: Any, pyplot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fastf1.plotting")
    trace, track = run("fastf1_corners.py", race, pyplot, monkeypatch)
    corners = session.get_circuit_info().corners
    numbers = [str(number) for number in corners["Number"]]
    assert [text.get_text() for text in trace.axes[0].texts] == numbers
    assert [text.get_position()[0] for text in trace.axes[0].texts] == list(corners["Distance"])
    assert [text.get_text() for text in track.axes[0].texts] == numbers
    for text, (_, corner) in zip(track.axes[0].texts, corners.iterrows()):
        x, y = text.get_position()
        assert np.hypot(x - corner["X"], y - corner["Y"]) == pytest.approx(500)


def test_example_positions(race: Path, session: Any, pyplot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fastf1.plotting")
    (figure,) = run("fastf1_positions.py", race, pyplot, monkeypatch)
    lines = figure.axes[0].get_lines()
    assert [line.get_label() for line in lines] == list(session.results["Abbreviation"])
    assert list(lines[0].get_ydata())[:6] == [1] * 6


def test_recording_without_a_date_has_no_dates(race: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acevo.Recording, "_date", lambda _recording, _at: None)
    session = acevo.fastf1(race)
    assert pd.isna(session.date)
    assert session.laps["LapStartDate"].isna().all()
    lap = session.laps.pick_fastest()
    telemetry = lap.get_telemetry()
    assert telemetry["Date"].isna().all()
    assert telemetry["SessionTime"].notna().all()
    assert lap.get_pos_data().merge_channels(lap.get_car_data())["Speed"].notna().all()
    assert len(lap.get_car_data().slice_by_lap(lap, interpolate_edges=True)) > 20_000
    assert session.api_path


def test_pauses_are_no_part_of_a_lap_time(tmp_path: Path) -> None:
    acevo.simulate(tmp_path / "pauses.acevo", 400, scenario="pauses")
    session = acevo.fastf1(tmp_path / "pauses.acevo")
    laps = own(session).pick_accurate()
    paused = laps[(laps["Time"] - laps["LapStartTime"]) > laps["LapTime"] + pd.Timedelta(seconds=1)]
    assert len(paused)
    for _, lap in laps.iterlaps():
        telemetry = lap.get_telemetry()
        assert telemetry["Distance"].is_monotonic_increasing
        assert telemetry["SessionTime"].is_monotonic_increasing
        assert telemetry["Distance"].iloc[-1] == pytest.approx(session.source.track_length, rel=1e-2)


def test_fastf1_without_pandas_names_what_to_install(race: Path) -> None:
    program = f"""
import sys
sys.modules["pandas"] = None
import acevo_telemetry as acevo
try:
    acevo.fastf1({str(race)!r})
except acevo.AcevoError as error:
    print(error)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install acevo-telemetry[pandas]" in result.stdout
