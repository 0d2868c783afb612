"""Live telemetry: the simulator, replays, and recording."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import acevo_telemetry as acevo
import numpy as np
import pytest


def test_replay_returns_every_packet_in_order(race: Path, folder: Path) -> None:
    recorded = np.asarray(acevo.open(race).telemetry("packet_id", end=20)["packet_id"])
    seen = []
    with acevo.live(replay=race) as live:
        for frame in live:
            seen.append(frame.packet_id)
            if len(seen) == 1500:
                break
        assert live.dropped == 0
    first = list(recorded).index(seen[0])
    expected = list(recorded[first : first + len(seen) + live.missed])
    # What the reader misses on a busy machine is counted.
    assert seen == sorted(seen) and set(seen) <= set(expected) and len(expected) - len(seen) == live.missed


def test_replay_ends_the_iteration(folder: Path) -> None:
    acevo.simulate(folder / "short.acevo", 3)
    frames = list(acevo.live(replay=folder / "short.acevo", speed=2.0))
    assert len(frames) > 500 and frames[-1].time_s == pytest.approx(3.0, abs=0.1)


def test_live_gives_values_as_items_and_attributes(folder: Path) -> None:
    with acevo.live(demo="hot-laps") as live:
        frame = live.next(timeout=30)
        assert frame is not None
        assert frame["speed"] == frame.speed and frame["gear"] == frame.gear
        assert isinstance(frame.lap_valid, bool)
        # The game publishes the names of a session late.
        assert next(later.car_model for later in live if later.car_model) == "Velocita GT3 R"
        assert "speed" in frame and len(frame.keys()) > 300
        assert set(frame.to_dict(["speed", "gear"])) == {"speed", "gear"}
        with pytest.raises(KeyError, match="similar"):
            frame["speeed"]
        with pytest.raises(AttributeError, match="speeed"):
            frame.speeed  # noqa: B018
        assert frame.is_current and frame.validity == "current" and "km/h" in repr(frame)


def test_live_rate_returns_the_newest_frame(folder: Path) -> None:
    with acevo.live(rate=50, demo="hot-laps") as live:
        assert live.next(timeout=30) is not None
        before = live.received
        while live.received < before + 20:
            time.sleep(0.01)
        # Only one frame waits.
        assert live.next(timeout=1) is not None
        frames = [live.next(timeout=30) for _ in range(10)]
    times = [frame.time_s for frame in frames if frame]
    assert len(times) == 10 and all(gap > 0.015 for gap in np.diff(times))


def test_live_events_are_those_of_the_drive(folder: Path) -> None:
    recording = acevo.simulate(folder / "laps.acevo", 200)
    events = [event for frame in acevo.live(replay=folder / "laps.acevo", speed=20.0) for event in frame.events]
    laps = [event["data"]["result"]["number"] for event in events if event["data"]["event"] == "lap"]
    assert laps == [lap.number for lap in recording.laps if lap.is_complete]


def test_live_works_with_async_for() -> None:
    async def drive() -> tuple[int, int]:
        ticks, frames = 0, 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(tick())
        with acevo.live(demo="hot-laps") as live:
            async for frame in live:
                frames += 1
                assert frame.speed is not None
                if frames == 300:
                    break
        task.cancel()
        return ticks, frames

    ticks, frames = asyncio.run(drive())
    # Other tasks run while this one waits.
    assert frames == 300 and ticks > 100


def test_live_record_writes_every_packet(folder: Path) -> None:
    target = folder / "recorded.acevo"
    ids = []
    with acevo.live(demo="hot-laps", record=target) as live:
        for frame in live:
            ids.append(frame.packet_id)
            if len(ids) == 1000:
                break
    recording = acevo.open(target)
    recorded = list(np.asarray(recording.telemetry("packet_id")["packet_id"]))
    assert recorded[recorded.index(ids[0]) :][:1000] == ids
    assert recording.info["finished"] and recording.sessions[0].track != ""
    with pytest.raises(acevo.RecordingError, match="recorded.acevo"):
        acevo.live(demo=True, record=target)


def test_live_without_a_game_returns_nothing_in_time() -> None:
    with acevo.live() as live:
        assert live.next(timeout=0.3) is None
        assert live.state == "waiting" and live.stats["problem"]


@pytest.mark.parametrize("wait", ["next(live)", "asyncio.run(anext(live))"])
def test_ctrl_c_ends_the_wait_for_a_game(wait: str) -> None:
    program = f"""
import asyncio, signal
import acevo_telemetry as acevo
# A shell ignores the signal for programs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
async def anext(live):
    async for frame in live:
        return frame
live = acevo.live()
try:
    print("waiting", flush=True)
    {wait}
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "waiting\n"
    # The handler of Ctrl-C is there from the beginning; the wait begins at once.
    os.kill(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "interrupted\n"


def test_wrong_arguments_are_errors(folder: Path) -> None:
    with pytest.raises(acevo.ArgumentError, match="only one of them"):
        acevo.live(replay="x.acevo", demo=True)
    with pytest.raises(acevo.ArgumentError, match="rate"):
        acevo.live(rate=0)
    with pytest.raises(acevo.ArgumentError, match="expected one of|unknown|scenario"):
        acevo.live(demo="flying")
    with pytest.raises(FileNotFoundError, match="missing"):
        acevo.live(replay=folder / "missing.acevo")
