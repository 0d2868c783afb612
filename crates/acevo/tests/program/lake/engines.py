"""Asks several engines the same questions about a lake, and prints their answers as JSON.

Usage: engines.py query LAKE | maintain LAKE | forget LAKE | history LAKE
"""

import glob
import json
import os
import sys

import deltalake
import duckdb
import duckdb_extension_delta
import polars as pl

CHANNEL, EXACT_CHANNEL = "speed", "gear"

QUESTIONS = {
    "laps": "SELECT count(*) FROM laps",
    "best_ms": "SELECT min(time_ms) FROM laps WHERE counts",
    "best_of_track_ms": "SELECT min(time_ms) FROM laps WHERE counts AND track = 'karsthafen-stadtkurs'",
    "events": "SELECT count(*) FROM events",
    "samples": "SELECT count(*) FROM samples",
    "since": "SELECT count(*) FROM samples WHERE time > TIMESTAMP '2020-01-01 00:00:00'",
    "channel": f"SELECT sum(CAST({CHANNEL} AS DOUBLE)) FROM samples",
    "exact_channel": f"SELECT sum(CAST({EXACT_CHANNEL} AS BIGINT)) FROM samples",
    "sessions": "SELECT count(DISTINCT session) FROM laps",
    "joined": "SELECT count(*) FROM samples s JOIN laps l ON s.session = l.session AND s.lap = l.lap WHERE l.counts",
}


def numbers(ask):
    return {name: float(ask(sql) or 0) for name, sql in QUESTIONS.items()}


def tables(lake):
    return {name: os.path.join(lake, name) for name in ("laps", "events", "samples")}


def by_duckdb(lake):
    folder = os.path.dirname(duckdb_extension_delta.__file__ or duckdb_extension_delta.__path__[0])
    extension = glob.glob(f"{folder}/**/delta.duckdb_extension", recursive=True)[0]
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute(f"LOAD '{extension}'")
    for name, path in tables(lake).items():
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM delta_scan('{path}')")
    return numbers(lambda sql: connection.execute(sql).fetchone()[0])


def by_polars(lake):
    # SQL of Polars has no literals of times with a time zone.
    context = pl.SQLContext({name: pl.scan_delta(path) for name, path in tables(lake).items()})
    def ask(sql):
        sql = sql.replace("time > TIMESTAMP '2020-01-01 00:00:00'", "time IS NOT NULL")
        return context.execute(sql, eager=True).item()
    return numbers(ask)


def by_deltalake(lake):
    builder = deltalake.QueryBuilder()
    for name, path in tables(lake).items():
        builder = builder.register(name, deltalake.DeltaTable(path))
    return numbers(lambda sql: pl.DataFrame(builder.execute(sql).read_all()).item())


def by_sail(lake):
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    _, port = server.listening_address
    spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
    for name, path in tables(lake).items():
        spark.read.format("delta").load(path).createOrReplaceTempView(name)
    answers = numbers(lambda sql: spark.sql(sql).collect()[0][0])
    spark.stop()
    server.stop()
    return answers


def query(lake):
    engines = {"duckdb": by_duckdb, "polars": by_polars, "deltalake": by_deltalake, "sail": by_sail}
    return {name: engine(lake) for name, engine in engines.items()}


def maintain(lake):
    """Lets deltalake merge files, write checkpoints and clean up."""
    done = {}
    for name, path in tables(lake).items():
        merged = deltalake.DeltaTable(path).optimize.compact()
        table = deltalake.DeltaTable(path)
        table.create_checkpoint()
        removed = table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
        done[name] = {"merged": merged["numFilesRemoved"], "removed": len(removed)}
    forget(lake)
    return done


def forget(lake):
    """Removes commits as if the log had been cleaned up: what is in the newest checkpoint is not in commits any more."""
    versions = {}
    for name, path in tables(lake).items():
        checkpoint = max(glob.glob(f"{path}/_delta_log/*.checkpoint.parquet"))
        versions[name] = int(os.path.basename(checkpoint).split(".")[0])
        for commit in glob.glob(f"{path}/_delta_log/*.json"):
            if int(os.path.basename(commit).split(".")[0]) <= versions[name]:
                os.remove(commit)
    return versions


def history(lake):
    return {name: [commit["operation"] for commit in deltalake.DeltaTable(path).history()] for name, path in tables(lake).items()}


if __name__ == "__main__":
    command, lake = sys.argv[1:]
    print(json.dumps({"query": query, "maintain": maintain, "forget": forget, "history": history}[command](lake)))
