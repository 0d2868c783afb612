"""Measures the package beside what people use without it, in one run.

    python compare.py RECORDING [--acevo PROGRAM]

RECORDING is an hour, such as `acevo simulate --scenario hot-laps --for 1h -o hour.acevo` writes. Each figure is the median of processes of
their own. With the program of acevo, live telemetry of another process is measured, too. Needs numpy, pandas, pyarrow and lz4.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHANNELS = ["speed", "throttle", "brake", "steering", "gear", "rpm", "g_lateral", "g_longitudinal", "tyre_temp_inner_fl", "fuel"]

OURS = """
import acevo_telemetry as acevo, numpy as np
recording = acevo.open(path)
{preparation}
begin()
{work}
"""

TASKS = {
    "laps of the recording": OURS.format(preparation="", work="result = len(recording.laps)"),
    "laps of the recording again": OURS.format(preparation="recording.laps", work="result = len(recording.laps)"),
    "ten channels as NumPy arrays": OURS.format(
        preparation="", work="table = recording.telemetry(channels); result = [np.asarray(table[name]) for name in channels][0].size"
    ),
    "ten channels of a lap": OURS.format(
        preparation="lap = recording.laps[3]", work="table = lap.telemetry(channels); result = [np.asarray(table[name]) for name in channels][0].size"
    ),
    "ten channels of a lap at 60 Hz": OURS.format(
        preparation="lap = recording.laps[3]", work="result = len(lap.telemetry(channels, rate=60))"
    ),
    "pandas: ten channels of the CSV file": "import pandas\nbegin()\nframe = pandas.read_csv(csv, usecols=channels)\nresult = [frame[name].to_numpy() for name in channels][0].size",
    "pyarrow: ten channels of the Parquet file": "import pyarrow.parquet\nbegin()\ntable = pyarrow.parquet.read_table(parquet, columns=channels)\nresult = [table[name].to_numpy() for name in channels][0].size",
    "pure Python: physics of one minute": "import pure_reader, pathlib\nbegin()\nresult = sum(len(times) for times, _ in pure_reader.physics(pathlib.Path(path), 60))",
}

FRAME = """
import json, resource, sys, time
path, csv, parquet, channels = json.loads(sys.argv[1])
def peak():
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
def begin():
    global start, before
    # The peak counts from here.
    open("/proc/self/clear_refs", "w").write("5")
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
{task}
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_SELF)
cpu = usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps([seconds, cpu, peak(), result]))
"""

LIVE = """
import json, resource, sys, time
import acevo_telemetry as acevo
with acevo.live(pages=sys.argv[1]) as live:
    next(live)
    before, start, count = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter(), 0
    missed = live.missed
    for frame in live:
        count += 1
        speed, gear = frame["speed"], frame.gear
        if count == 6660:
            break
    seconds, usage = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps([count, live.missed - missed, cpu / seconds * 100]))
"""


def measured(task: str, arguments: str, rounds: int) -> list[float]:
    """Medians of seconds, processor time and peak memory in MB, and the result."""
    runs = []
    for _ in range(rounds):
        run = subprocess.run(
            [sys.executable, "-c", FRAME.format(task=task), arguments], capture_output=True, text=True, cwd=Path(__file__).parent
        )
        if run.returncode:
            sys.exit(run.stderr)
        runs.append(json.loads(run.stdout))
    return [statistics.median(run[index] for run in runs) for index in range(4)]


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--acevo", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    import acevo_telemetry as acevo

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        [csv] = acevo.export(options.recording, "csv", folder)
        [parquet] = acevo.export(options.recording, "parquet", folder)
        arguments = json.dumps([str(options.recording.resolve()), str(csv), str(parquet), CHANNELS])
        print("| | s | processor s | peak MB | rows |\n|---|---:|---:|---:|---:|")
        for title, task in TASKS.items():
            rounds = 1 if title.startswith("pure") else options.rounds
            seconds, cpu, memory, rows = measured(task, arguments, rounds)
            print(f"| {title} | {seconds:.3f} | {cpu:.3f} | {memory:.0f} | {rows:.0f} |", flush=True)
    if options.acevo:
        with tempfile.TemporaryDirectory() as pages:
            game = subprocess.Popen([options.acevo, "simulate", "--quiet", "--scenario", "hot-laps", "--dir", pages])
            time.sleep(2)
            run = subprocess.run([sys.executable, "-c", LIVE, pages], capture_output=True, text=True)
            game.terminate()
            if run.returncode:
                sys.exit(run.stderr)
            count, missed, share = json.loads(run.stdout)
            print(f"\nlive at 333 Hz: {count} frames, {missed} missed, {share:.1f} % of a core")


if __name__ == "__main__":
    main()
