"""Recordings: contents, telemetry, errors."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from pathlib import Path

import acevo_telemetry as acevo
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

LEAD = ["packet_id", "session", "lap", "missed", "skipped"]


def same(ours: pa.ChunkedArray, theirs: pa.ChunkedArray) -> bool:
    """True if two columns have the same values bit for bit, and the same ones are missing."""
    ours = ours.combine_chunks()
    if pa.types.is_dictionary(ours.type):
        ours = ours.dictionary_decode()
    theirs = theirs.combine_chunks()
    if pa.types.is_floating(theirs.type):
        assert ours.type == theirs.type
        bits = np.uint32 if theirs.type == pa.float32() else np.uint64
        width = np.float32 if bits is np.uint32 else np.float64
        first, second = (column.fill_null(0.0).to_numpy(zero_copy_only=False).astype(width).view(bits) for column in (ours, theirs))
        return bool((first == second).all()) and ours.is_null().equals(theirs.is_null())
    return ours.cast(theirs.type).equals(theirs)


@pytest.mark.parametrize("units", ["game", "imperial"])
def test_telemetry_has_every_channel_as_the_exported_parquet_file_bit_for_bit(race: Path, folder: Path, units: str) -> None:
    channels = [channel.id for channel in acevo.channels()]
    [file] = acevo.export(race, "parquet", folder, channels=channels, units=units)
    exported = pq.read_table(file)
    names = [name for name in exported.column_names if name not in ("time_s", *LEAD)]
    table = acevo.open(race).telemetry([*LEAD, *names], units=units).to_arrow()
    assert table.num_rows == exported.num_rows > 100_000
    different = [name for name in exported.column_names if not same(table[name], exported[name])]
    assert different == []
    assert len(names) > 300


def test_telemetry_without_laps_has_the_same_values_however_many_threads_read(race: Path) -> None:
    recording = acevo.open(race)
    corrected = {"lap_position", "lap_distance"}
    names = [channel.id for channel in acevo.channels() if channel.id not in corrected | {"lap", "session"}]
    alone = recording._file.table(names, 0.0, None, "game", 1).to_arrow()
    for threads in (2, 3, 7):
        assert recording._file.table(names, 0.0, None, "game", threads).to_arrow().equals(alone)
    with_laps = recording._file.table(["lap", *names], 0.0, None, "game", 1).to_arrow()
    assert with_laps.drop(["lap"]).equals(alone)


def test_telemetry_of_a_part_is_that_part(race: Path) -> None:
    recording = acevo.open(race)
    everything = recording.telemetry("speed", "packet_id").to_pandas()
    part = recording.telemetry("speed", "packet_id", start=100, end=200).to_pandas()
    expected = everything[(everything.time_s >= 100) & (everything.time_s <= 200)].reset_index(drop=True)
    assert part.equals(expected) and len(part) > 33_000


def test_lap_telemetry_begins_at_the_line_and_ends_with_the_lap(race: Path) -> None:
    for lap in acevo.open(race).laps.pick_accurate().pick_wo_box()[1:]:
        table = lap.telemetry("speed", "lap_distance")
        times, metres = np.asarray(table["time_s"]), np.asarray(table["distance_m"])
        assert lap.time is not None and lap.session.track_length is not None
        assert 0 <= times[0] < 0.004 and lap.time - 0.004 < times[-1] <= lap.time
        assert (np.diff(times) >= 0).all() and (np.diff(metres) >= 0).all()
        assert metres[0] < 1 and abs(metres[-1] - lap.session.track_length) < 1
        assert np.array_equal(metres, np.asarray(table["lap_distance"]))
        assert len(table) == pytest.approx(lap.time * 333, rel=0.01)


def test_lap_telemetry_at_a_rate_has_no_phase_shift(race: Path) -> None:
    lap = acevo.open(race).laps.pick_fastest()
    full, resampled = lap.telemetry("speed"), lap.telemetry("speed", rate=20)
    expected = np.interp(np.asarray(resampled["time_s"]), np.asarray(full["time_s"]), np.asarray(full["speed"]))
    difference = np.asarray(resampled["speed"]) - expected
    # A shift by one sample would differ by several km/h while braking.
    assert np.abs(difference[1:-1]).max() < 1.0
    assert np.allclose(np.diff(np.asarray(resampled["time_s"])), 0.05)


def test_lap_telemetry_by_distance_has_exact_distances(race: Path) -> None:
    table = acevo.open(race).laps.pick_fastest().telemetry("speed", "gear", by="distance", step=10)
    metres = np.asarray(table["distance_m"])
    assert np.array_equal(metres, np.arange(len(metres)) * 10.0)
    assert table["gear"].dtype == "int32"


def test_column_is_not_copied_by_numpy(race: Path) -> None:
    table = acevo.open(race).telemetry("speed", "packet_id", "lap_valid", start=0, end=10)
    for name in ("time_s", "speed", "packet_id"):
        first, second = np.asarray(table[name]), np.asarray(table[name])
        assert np.shares_memory(first, second) and not first.flags.writeable
    assert np.asarray(table["lap_valid"]).dtype == bool
    with pytest.raises(ValueError):
        np.array(table["lap_valid"], copy=False)


def test_table_survives_its_recording(race: Path) -> None:
    values = np.asarray(acevo.open(race).telemetry("speed", end=5)["speed"])
    other = [np.zeros(100_000) for _ in range(50)]
    assert 0 <= float(values.max()) < 400 and other


def test_missing_values_are_nan_in_numpy_and_null_in_arrow(race: Path) -> None:
    table = acevo.open(race).telemetry("best_lap_time", "gear")
    column = table["best_lap_time"]
    assert column.null_count > 0
    assert int(np.isnan(np.asarray(column)).sum()) == column.null_count == pa.table(table)["best_lap_time"].null_count
    assert column[0] is None


def test_other_packages_take_tables_and_laps(race: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    recording = acevo.open(race)
    driven, laps = recording.telemetry("speed", "car_model", rate=10), recording.laps
    assert pa.table(driven).num_rows == len(driven) == len(polars.DataFrame(driven)) == len(driven.to_pandas())
    assert len(pa.table(laps)) == len(polars.DataFrame(laps)) == len(laps)
    assert duckdb.sql("select max(speed) from driven").fetchall()[0][0] == pytest.approx(float(np.nanmax(np.asarray(driven["speed"]))))
    assert duckdb.sql("select count(*) from laps where counts").fetchall()[0][0] == len(laps.filter(lambda lap: lap.counts))
    frame = laps.to_pandas()
    assert isinstance(frame, pandas.DataFrame) and str(frame.began.dtype).startswith("datetime64") and frame.attrs["units"]["time_s"] == "s"
    assert pa.table(driven).schema.field("speed").metadata[b"unit"] == b"km/h"


def test_laps_verbs_pick_laps(race: Path) -> None:
    laps = acevo.open(race).laps
    fastest = laps.pick_fastest()
    assert fastest.time == min(lap.time for lap in laps if lap.counts and lap.time is not None)
    assert [lap.number for lap in laps.pick_laps([2, 3])] == [2, 3] and len(laps.pick_laps(2)) == 1
    assert len(laps.pick_drivers(fastest.driver.upper())) == len(laps) and len(laps.pick_drivers("unknown driver")) == 0
    assert all(lap.is_complete for lap in laps.pick_accurate())
    assert {lap.kind for lap in laps.pick_wo_box()} == {"flying"}
    assert len(laps.pick_wo_box()) + len(laps.pick_box_laps()) == len(laps)
    quick = laps.pick_quicklaps(1.01)
    assert fastest in quick and all(lap.time < fastest.time * 1.01 for lap in quick if lap.time and fastest.time)
    assert laps.sorted_by_time()[0] == fastest
    assert len(laps[1:3]) == 2 and laps[-1].number == len(laps)
    assert len({lap for lap in laps}) == len(laps)


def test_laps_agree_with_the_library(race: Path, recordings: Path) -> None:
    library = acevo.Library()
    assert library.scan(recordings) == 2 and library.scan(recordings) == 0
    [session] = library.sessions(text="race.acevo")
    rows = library.laps(session["id"])
    laps = acevo.open(race).laps
    assert [row["time_ms"] for row in rows] == [None if lap.time is None else round(lap.time * 1000) for lap in laps]
    assert [row["kind"] for row in rows] == [lap.kind for lap in laps]
    assert Path(rows[0]["path"]) == race


def test_library_of_the_user_is_that_of_acevo(recordings: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(folder))
    with pytest.raises(acevo.LibraryError, match="no session library"):
        acevo.Library.of_user()
    acevo.Library(folder / "acevo" / "library.sqlite").scan(recordings)
    assert len(acevo.Library.of_user().sessions()) == 2


def test_folder_reads_what_can_be_read(recordings: Path, folder: Path) -> None:
    (folder / "deep").mkdir()
    for name in ("race.acevo", "deep/hot.acevo"):
        (folder / name).write_bytes((recordings / Path(name).name).read_bytes())
    (folder / "broken.acevo").write_bytes(b"no recording")
    opened = acevo.open(folder)
    assert isinstance(opened, acevo.Folder) and len(opened) == 3
    assert {lap.recording.path.name for lap in opened.laps} == {"race.acevo", "hot.acevo"}
    assert list(opened.unreadable) == [folder / "broken.acevo"]


def test_events_cars_and_outline_describe_a_race(race: Path) -> None:
    recording = acevo.open(race)
    laps = [event for event in recording.events if event["data"]["event"] == "lap"]
    assert len(laps) == len(recording.laps)
    assert all(0 <= event["at_s"] <= recording.duration for event in recording.events)
    cars = recording.cars
    assert len(cars) == 8 and sum(car["is_player"] for car in cars) == 1 and all(car["laps"] for car in cars)
    outline = recording.outline
    assert len(outline["points"]) > 100 and len(recording.corners) > 5
    assert len(recording.laps.pick_fastest().corners()) == len(recording.corners)


def test_compare_splits_the_difference_of_two_laps_over_the_corners(race: Path) -> None:
    laps = acevo.open(race).laps.pick_accurate().pick_wo_box()
    comparison = acevo.compare(laps[1], laps.pick_fastest())
    lost = [corner["lost_s"] for corner in comparison.corners]
    assert comparison.total is not None and comparison.rest is not None
    assert sum(lost) + comparison.rest == pytest.approx(comparison.total, abs=0.02)
    assert comparison.delta["delta_s"][-1] == pytest.approx(comparison.total, abs=0.02)


def test_pages_are_those_of_the_game(race: Path) -> None:
    recording = acevo.open(race)
    times, pages = recording.pages("physics", start=60, end=62)
    table = recording.telemetry("speed", "packet_id", start=60, end=62)
    assert np.array_equal(pages["packetId"], np.asarray(table["packet_id"])) and len(times) == len(pages)
    assert np.array_equal(pages["speedKmh"], np.asarray(table["speed"]))
    _, graphics = recording.pages("graphics", start=60, end=62)
    assert len(graphics) == pytest.approx(120, abs=3)


def test_export_writes_every_format_and_reports_progress(race: Path, folder: Path) -> None:
    seen: list[float] = []
    for kind in ("csv", "jsonl", "parquet", "motec", "mcap"):
        target = folder / kind
        target.mkdir()
        files = acevo.export(race, kind, target, progress=seen.append)
        assert files and all(file.stat().st_size > 0 for file in files)
    assert seen[-1] == 1.0 and min(seen) >= 0.0
    with pytest.raises(acevo.ExportError, match="is not overwritten"):
        acevo.export(race, "csv", folder / "csv")


def test_errors_say_what_is_wrong(race: Path, folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing.acevo"):
        acevo.open(folder / "missing.acevo")
    garbage = folder / "garbage.acevo"
    garbage.write_bytes(bytes(range(256)) * 100)
    with pytest.raises(acevo.RecordingError, match="garbage.acevo"):
        acevo.open(garbage)
    recording = acevo.open(race)
    with pytest.raises(acevo.ChannelNotFoundError, match="similar: .*speed"):
        recording.telemetry("speeed")
    with pytest.raises(KeyError, match="columns: time_s, speed"):
        recording.telemetry("speed", end=1)["gear"]
    with pytest.raises(acevo.ArgumentError, match="expected game, metric, kpa or imperial"):
        recording.telemetry("speed", units="furlongs")
    with pytest.raises(acevo.LapNotFoundError, match="none of the 0 laps"):
        recording.laps[:0].pick_fastest()
    with pytest.raises(acevo.ArgumentError, match="is a text"):
        recording.laps.pick_laps("3")
    with pytest.raises(acevo.ArgumentError, match="cannot be converted"):
        acevo.convert(1.0, "km/h", "°C")
    with pytest.raises(acevo.ArgumentError, match="scenario|expected|unknown"):
        acevo.simulate(folder / "x.acevo", 10, scenario="flying")
    with pytest.raises(acevo.ExportError):
        acevo.export(race, "parquet", folder / "no" / "such" / "folder" / "x.parquet")


def test_damaged_recording_is_read_as_far_as_possible(race: Path, folder: Path) -> None:
    content = race.read_bytes()
    cut = folder / "cut.acevo"
    cut.write_bytes(content[: len(content) // 2])
    recording = acevo.open(cut)
    assert not recording.info["finished"] and 0 < len(recording.laps) < len(acevo.open(race).laps)
    hurt = bytearray(content)
    hurt[len(hurt) // 3 : len(hurt) // 3 + 4096] = bytes(4096)
    (folder / "hurt.acevo").write_bytes(hurt)
    recording = acevo.open(folder / "hurt.acevo")
    assert recording.is_damaged and len(recording.telemetry("speed")) > 100_000


def test_reading_leaves_other_threads_running(race: Path) -> None:
    recording, counted, done = acevo.open(race), 0, threading.Event()

    def read() -> None:
        recording.events  # noqa: B018
        done.set()

    thread = threading.Thread(target=read)
    thread.start()
    while not done.is_set():
        counted += 1
        time.sleep(0)
    thread.join()
    # With the interpreter locked it would be a handful.
    assert counted > 100


def test_ctrl_c_ends_reading(recordings: Path, folder: Path) -> None:
    program = """
import signal, sys, threading, os
import acevo_telemetry as acevo
# A shell ignores the signal for programs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
recording = acevo.open(sys.argv[1])
threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    while True:
        recording._file.events()
except KeyboardInterrupt:
    print("interrupted")
"""
    run = subprocess.run([sys.executable, "-c", program, recordings / "race.acevo"], capture_output=True, text=True, timeout=120)
    assert run.stdout == "interrupted\n", run.stderr


def test_package_needs_no_other_package(race: Path) -> None:
    program = """
import sys
for name in ("numpy", "pandas", "polars", "pyarrow", "duckdb", "matplotlib"):
    sys.modules[name] = None
import acevo_telemetry as acevo
recording = acevo.open(sys.argv[1])
table = recording.laps.pick_fastest().telemetry("speed", rate=10)
print(len(table["speed"].to_pylist()) > 100, recording.laps._repr_html_()[:4], table._repr_html_()[:4])
try:
    table.to_pandas()
except acevo.AcevoError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", program, race], capture_output=True, text=True, timeout=120)
    assert run.stdout == "True <div <div\nthis needs pandas: pip install pandas\n", run.stderr


def test_simulate_gives_the_same_pages_for_the_same_arguments(folder: Path) -> None:
    first, second = (acevo.simulate(folder / name, 20, seed=5) for name in ("a.acevo", "b.acevo"))
    other = acevo.simulate(folder / "c.acevo", 20, seed=6)
    pages = [recording.pages("graphics")[1].tobytes() for recording in (first, second, other)]
    assert pages[0] == pages[1] != pages[2]
    with pytest.raises(acevo.RecordingError, match="a.acevo"):
        acevo.simulate(folder / "a.acevo", 1)


def test_convert_takes_numbers_lists_and_arrays() -> None:
    assert acevo.convert(100.0, "°C", "°F") == pytest.approx(212.0)
    assert acevo.convert([27.0], "psi", "bar")[0] == pytest.approx(1.8616, abs=1e-4)
    assert np.allclose(acevo.convert(np.array([36.0, 72.0]), "km/h", "m/s"), [10.0, 20.0])
    assert math.isnan(acevo.convert(math.nan, "km/h", "mph"))
