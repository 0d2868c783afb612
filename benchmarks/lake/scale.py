"""Makes a lake with many hours of driving, and measures queries over it. README.md describes it.

Usage: scale.py make HOURS LAKE [--acevo PROGRAM] [--drives N] [--minutes N]
       scale.py ask LAKE [--workers N]
"""

import argparse
import datetime
import glob
import json
import math
import os
import subprocess
import sys
import tempfile
import time

TABLES = ["laps", "events", "samples"]
CHANNELS = "speed,throttle,brake,steering,gear,rpm,fuel,lap_distance,g_lateral,g_longitudinal,tyre_temp_core_fl,tyre_pressure_fl"
DRIVES = [("karsthafen", "gt3"), ("valdombra", "gt3"), ("northmoor", "gt3-turbo"), ("northmoor", "road")]
COPIES_PER_COMMIT = 10

QUERIES = {
    "leaderboard": """SELECT track, driver, min(time_ms) AS best_ms FROM laps WHERE counts
        GROUP BY track, driver ORDER BY track, best_ms, driver""",
    "corner speeds": """SELECT track, car, CAST(floor(lap_distance / 50) AS INT) AS place, min(speed) AS kmh, count(*) AS samples
        FROM samples WHERE lap IS NOT NULL AND lap_distance >= 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
    "fuel": """SELECT car, track, avg(fuel_used_l) AS litres, count(*) AS laps FROM laps
        WHERE counts AND fuel_used_l > 0 GROUP BY car, track ORDER BY car, track""",
}


def run(program, *arguments):
    subprocess.run([program, *arguments], check=True)


def make(hours, lake, acevo, drives, minutes):
    import deltalake
    import pyarrow as pa
    import pyarrow.compute as pc

    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number, (track, car) in enumerate(DRIVES[:drives]):
            file = os.path.join(folder, f"drive-{number}.acevo")
            run(acevo, "simulate", "-o", file, "--scenario", "hot-laps", "--track", track, "--car", car, "--seed", str(number), "--for", f"{minutes}m", "--quiet")
        print(f"simulated {drives} drives: {time.monotonic() - began:.1f} s", flush=True)
        began = time.monotonic()
        run(acevo, "lake", "add", folder, "-o", lake, "--rate", "10", "--channels", CHANNELS)
        print(f"added them: {time.monotonic() - began:.1f} s", flush=True)
    began = time.monotonic()
    base = {name: deltalake.DeltaTable(os.path.join(lake, name)).to_pyarrow_table() for name in TABLES}
    rounds = math.ceil(hours * 60 / (drives * minutes)) - 1
    copy = 0
    while copy < rounds:
        copies = range(copy, min(copy + COPIES_PER_COMMIT, rounds))
        for name, table in base.items():
            parts = [copied(pa, pc, table, number) for number in copies]
            deltalake.write_deltalake(os.path.join(lake, name), pa.concat_tables(parts), mode="append")
        copy += len(copies)
    print(f"appended {copy} copies: {time.monotonic() - began:.1f} s", flush=True)
    for name in TABLES:
        files = glob.glob(os.path.join(lake, name, "track=*", "*", "*.parquet"))
        size = sum(os.path.getsize(file) for file in files)
        print(f"{name}: {deltalake.DeltaTable(os.path.join(lake, name)).count()} rows, {len(files)} files, {size / 1e6:.0f} MB", flush=True)


def copied(pa, pc, table, number):
    """The rows of a table as those of another rig on another day."""
    days = datetime.timedelta(days=number % 200 + 1)
    for column, mark in [("rig", f"rig-{number % 50}"), ("driver", f"Driver {number % 120}")]:
        table = table.set_column(table.column_names.index(column), column, pa.array([mark] * len(table), pa.string()))
    for column in ["session", "recording"]:
        values = pc.binary_join_element_wise(table[column].cast(pa.string()), pa.scalar(str(number)), "-copy-")
        table = table.set_column(table.column_names.index(column), column, values)
    for column in ["time", "began"]:
        if column in table.column_names:
            moved = pc.subtract(table[column], pa.scalar(days, pa.duration("us")))
            table = table.set_column(table.column_names.index(column), column, moved)
    moved = pc.subtract(table["date"].cast(pa.timestamp("us")), pa.scalar(days, pa.duration("us"))).cast(pa.date32())
    return table.set_column(table.column_names.index("date"), "date", moved)


def by_duckdb(lake):
    import duckdb
    import duckdb_extension_delta

    folder = list(duckdb_extension_delta.__path__)[0]
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute(f"LOAD '{glob.glob(f'{folder}/**/delta.duckdb_extension', recursive=True)[0]}'")
    for name in TABLES:
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM delta_scan('{os.path.join(lake, name)}')")
    return lambda sql: connection.execute(sql).fetchall()


def by_sail(lake, workers):
    # Workers are processes in the memory of one program that exchange data over the network.
    os.environ.setdefault("RUST_LOG", "error")
    os.environ["SAIL_MODE"] = "local-cluster"
    os.environ["SAIL_CLUSTER__WORKER_INITIAL_COUNT"] = str(workers)
    os.environ["SAIL_CLUSTER__WORKER_MAX_COUNT"] = str(workers)
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    spark = SparkSession.builder.remote(f"sc://127.0.0.1:{server.listening_address[1]}").getOrCreate()
    for name in TABLES:
        spark.read.format("delta").load(os.path.join(lake, name)).createOrReplaceTempView(name)
    # The server ends when nothing refers to it.
    return lambda sql, _server=server: [tuple(row) for row in spark.sql(sql).collect()]


def are_equal(one, other):
    def is_near(a, b):
        return math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b

    return len(one) == len(other) and all(len(a) == len(b) and all(map(is_near, a, b)) for a, b in zip(one, other))


def ask(lake, workers):
    engines = {"duckdb": by_duckdb(lake), f"sail, {workers} workers": by_sail(lake, workers)}
    failed = False
    for name, sql in QUERIES.items():
        answers = {}
        for engine, query in engines.items():
            began = time.monotonic()
            answers[engine] = query(sql)
            print(json.dumps({"query": name, "engine": engine, "seconds": round(time.monotonic() - began, 2), "rows": len(answers[engine])}), flush=True)
        one, other = answers.values()
        if not one or not are_equal(one, other):
            print(f"the answers to {name} differ", file=sys.stderr)
            failed = True
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    maker = commands.add_parser("make")
    maker.add_argument("hours", type=int)
    maker.add_argument("lake")
    maker.add_argument("--acevo", default="acevo")
    maker.add_argument("--minutes", type=int, default=60)
    maker.add_argument("--drives", type=int, default=len(DRIVES), choices=range(1, len(DRIVES) + 1))
    asker = commands.add_parser("ask")
    asker.add_argument("lake")
    asker.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.command == "make":
        make(arguments.hours, arguments.lake, arguments.acevo, arguments.drives, arguments.minutes)
    else:
        # Sail ends with the process.
        failed = ask(arguments.lake, arguments.workers)
        sys.stdout.flush()
        os._exit(failed)
