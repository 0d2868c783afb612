"""Telemetry of the racing simulator Assetto Corsa EVO.

    import acevo_telemetry as acevo

    race = acevo.open("race.acevo")            # or a folder of recordings
    best = race.laps.pick_fastest()
    table = best.telemetry("speed", "throttle", "brake", rate=60)
    comparison = acevo.compare(race.laps[3], best)

    for frame in acevo.live(rate=60):          # replay="race.acevo" and demo=True behave the same
        print(frame["speed"], frame.gear)

Tables go to pandas, Polars, pyarrow, DuckDB and NumPy without copying. Nothing else has to be installed.
"""

from ._acevo import Column, Frame, Table
from ._compare import Comparison, compare
from ._errors import (
    AcevoError,
    ArgumentError,
    ChannelNotFoundError,
    ExportError,
    LapNotFoundError,
    LibraryError,
    RecordingError,
    RecordingNotFoundError,
)
from ._fastf1 import fastf1
from ._format import lap_time
from ._laps import Lap, Laps
from ._live import Live, live
from ._recording import Folder, Recording, Session, open
from ._tools import Channel, Library, channel, channels, convert, export, simulate

__all__ = [
    "AcevoError",
    "ArgumentError",
    "Channel",
    "ChannelNotFoundError",
    "Column",
    "Comparison",
    "ExportError",
    "Folder",
    "Frame",
    "Lap",
    "LapNotFoundError",
    "Laps",
    "Library",
    "LibraryError",
    "Live",
    "Recording",
    "RecordingError",
    "RecordingNotFoundError",
    "Session",
    "Table",
    "channel",
    "channels",
    "compare",
    "convert",
    "export",
    "fastf1",
    "lap_time",
    "live",
    "open",
    "simulate",
]
