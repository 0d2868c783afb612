#!/usr/bin/env python3
"""Writes the dashboards of Grafana in this folder: docs/grafana/make.py. Each panel is described once, with its query for either database.

With --check nothing is written; the exit code is 1 if a file differs.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent

# Name, kind of data source of Grafana, title, and a version of Grafana that has everything used here.
DATABASES = {
    "victoriametrics": ("prometheus", "VictoriaMetrics", "Prometheus"),
    "influxdb": ("influxdb", "InfluxDB", "InfluxDB"),
}

# The variables: measurement that has the tag in every place, and whether one value or several can be selected.
VARIABLES = {
    "site": ("rig", True),
    "rig": ("rig", True),
    "track": ("laps", True),
    "driver": ("laps", True),
    "session": ("laps", True),
}

TIME = "$timeFilter"


def names(*variables):
    """Conditions of both languages for variables."""
    of_prometheus = ",".join(f'{name}=~"${name}"' for name in variables)
    of_influx = " AND ".join([TIME, *(f'"{name}" =~ /^${name}$/' for name in variables)])
    return of_prometheus, of_influx


class Query:
    """A query of both languages. In MetricsQL, @ is replaced by the conditions, in InfluxQL by WHERE with them."""

    def __init__(self, metrics, influx, legend="", variables=("site", "rig"), instant=False, table=False):
        of_prometheus, of_influx = names(*variables)
        self.metrics = metrics.replace("@", of_prometheus)
        self.influx = influx.replace("@", of_influx)
        self.legend, self.instant, self.table = legend, instant, table

    def target(self, database, letter):
        target = {"refId": letter, "datasource": source(database)}
        if database == "victoriametrics":
            return target | {
                "expr": self.metrics,
                "editorMode": "code",
                "instant": self.instant,
                "range": not self.instant,
                "format": "table" if self.table else "time_series",
                "legendFormat": self.legend or "__auto",
            }
        return target | {
            "rawQuery": True,
            "query": self.influx,
            "resultFormat": "table" if self.table else "time_series",
            "alias": self.legend.replace("{{", "$tag_").replace("}}", ""),
        }


def source(database):
    return {"type": DATABASES[database][0], "uid": "${DS_ACEVO}"}


def panel(title, kind, queries, size, unit="", description="", options=None, custom=None, decimals=None, overrides=(), renames=None, only=None):
    """A panel. `size` is its width, of 24, and its height. `renames` has the columns of a table in their order. `only` is the database of a panel
    that the other one cannot have."""
    return locals()


def series(title, queries, size=(12, 8), unit="", points=False, **others):
    custom = {"drawStyle": "points", "pointSize": 6} if points else {"lineWidth": 1, "showPoints": "never", "spanNulls": 3000}
    options = {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}, "tooltip": {"mode": "multi", "sort": "none"}}
    return panel(title, "timeseries", queries, size, unit, options=options, custom=custom, **others)


def number(title, query, size=(4, 4), unit="", **others):
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value", "graphMode": "none"}
    return panel(title, "stat", [query], size, unit, options=options, **others)


def table(title, queries, renames, size=(24, 8), **others):
    return panel(title, "table", queries, size, renames=renames, options={"showHeader": True}, **others)


def live(field, legend="{{rig}} {{driver}}", variables=("site", "rig"), scale=""):
    """A channel of the samples."""
    influx = f'SELECT mean("{field}"){scale} FROM "live" WHERE @ GROUP BY time($__interval), "rig", "driver" fill(none)'
    return Query(f"avg by (rig, driver) (avg_over_time(live_{field}{{@}}[$__interval])){scale}", influx, legend, variables)


def count_of_rig(field, legend="{{rig}}"):
    """Growth of a counter of the rigs."""
    influx = f'SELECT non_negative_difference(max("{field}")) FROM "rig" WHERE @ GROUP BY time(1m), "rig" fill(none)'
    return Query(f"sum by (rig) (increase(rig_{field}{{@}}[1m]))", influx, legend)


def level_of_rig(field, legend="{{rig}}"):
    influx = f'SELECT max("{field}") FROM "rig" WHERE @ GROUP BY time($__interval), "rig" fill(none)'
    return Query(f"max by (rig) (max_over_time(rig_{field}{{@}}[$__interval]))", influx, legend)


DRIVEN = ("site", "rig", "track", "driver", "session")
ONE = ("site", "rig", "driver", "session")
LAPS = ("site", "rig", "track", "driver")


def of_laps(aggregate, over, field, by, selector):
    """A value of laps in the selected time, for each combination of tags."""
    tags = ", ".join(by)
    groups = ", ".join(f'"{tag}"' for tag in by)
    influx = f'SELECT {selector}("{field}") FROM "laps" WHERE @ GROUP BY {groups}'
    return Query(f"{aggregate} by ({tags}) ({over}(laps_{field}{{@}}[$__range]))", influx, variables=LAPS, instant=True, table=True)


def each_lap(field, legend="{{driver}} {{car}}"):
    """A value of each lap."""
    influx = f'SELECT last("{field}") FROM "laps" WHERE @ GROUP BY time($__interval), "driver", "car" fill(none)'
    return Query(f"max by (driver, car) (last_over_time(laps_{field}{{@}}[$__interval]))", influx, legend, LAPS)


DASHBOARDS = {
    "rigs": (
        "Rigs",
        "Which rigs run, what they do, and whether anything is lost on the way.",
        ("site", "rig"),
        "now-30m",
        [
            number(
                "Rigs that report",
                Query(
                    "count(last_over_time(rig_driving{@}[30s]))",
                    'SELECT count("d") FROM (SELECT last("driving") AS "d" FROM "rig" WHERE @ AND time > now() - 30s GROUP BY "rig", "site")',
                    instant=True,
                ),
                description="Rigs whose state came in the last 30 seconds; it is written every ten.",
            ),
            number(
                "Rigs on the track",
                Query(
                    "sum(last_over_time(rig_driving{@}[30s]))",
                    'SELECT sum("d") FROM (SELECT last("driving") AS "d" FROM "rig" WHERE @ AND time > now() - 30s GROUP BY "rig", "site")',
                    instant=True,
                ),
            ),
            number(
                "Laps",
                Query(
                    "sum(count_over_time(laps_number{@}[$__range]))",
                    'SELECT count("number") FROM "laps" WHERE @',
                    instant=True,
                ),
                description="Laps that ended in the selected time, complete or not.",
            ),
            number(
                "Best lap",
                Query(
                    "min(min_over_time(laps_counted_ms{@}[$__range]))",
                    'SELECT min("counted_ms") FROM "laps" WHERE @',
                    instant=True,
                ),
                unit="clockms",
            ),
            number(
                "Missed packets",
                Query(
                    "sum(increase(rig_missed{@}[$__range]))",
                    'SELECT sum("m") FROM (SELECT non_negative_difference(max("missed")) AS "m" FROM "rig" WHERE @ GROUP BY time(1m), "rig" fill(none))',
                    instant=True,
                ),
                description="Packets of the game that acevo has not read.",
            ),
            number(
                "Laps and events that wait",
                Query(
                    "sum(last_over_time(rig_waiting{@}[30s]))",
                    'SELECT sum("w") FROM (SELECT last("waiting") AS "w" FROM "rig" WHERE @ AND time > now() - 30s GROUP BY "rig", "site")',
                    instant=True,
                ),
                description="They are on the disk of the rig, and not in the database yet.",
            ),
            table(
                "Last minute",
                [
                    Query(
                        f"max by (rig, driver, car, track) (last_over_time(live_{field}{{@}}[1m]))",
                        f'SELECT last("{field}") AS "{field}" FROM "live" WHERE @ AND time > now() - 1m GROUP BY "rig", "driver", "car", "track"',
                        instant=True,
                        table=True,
                    )
                    for field in ("speed", "lap", "delta", "fuel", "race_position")
                ],
                ["rig", "driver", "car", "track", "speed (km/h)", "lap", "delta (s)", "fuel (L)", "position"],
            ),
            panel(
                "On the track",
                "state-timeline",
                [level_of_rig("driving")],
                (12, 8),
                options={"showValue": "never", "mergeValues": True, "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False}},
                overrides=("driving",),
            ),
            series("Speed", [live("speed")], unit="velocitykmh"),
            series("Missed packets per minute", [count_of_rig("missed")], (8, 7)),
            series("Laps and events that wait", [level_of_rig("waiting")], (8, 7)),
            series(
                "Dropped or refused per minute",
                [
                    count_of_rig("dropped", "{{rig}}: laps and events"),
                    count_of_rig("dropped_samples", "{{rig}}: samples"),
                    count_of_rig("refused", "{{rig}}: refused"),
                ],
                (8, 7),
            ),
        ],
    ),
    "session": (
        "Session of a driver",
        "What the car does: speed, pedals, delta, fuel. Select one session.",
        ONE,
        "now-5m",
        [
            series("Speed", [live("speed", variables=ONE)], (24, 8), "velocitykmh"),
            series(
                "Throttle and brake",
                [live("throttle", "throttle {{driver}}", ONE), live("brake", "brake {{driver}}", ONE)],
                (24, 7),
                "percentunit",
            ),
            series("Delta to the reference lap", [live("delta", variables=ONE)], (12, 7), "s", description="Negative is faster."),
            series("Steering", [live("steering", variables=ONE)], (12, 7), description="-1 is full lock to the left."),
            series("Gear", [live("gear", variables=ONE)], (8, 7), decimals=0),
            series("Engine speed", [live("rpm", variables=ONE)], (8, 7), "rotrpm"),
            series(
                "Acceleration",
                [live("g_lateral", "to the right {{driver}}", ONE), live("g_longitudinal", "forwards {{driver}}", ONE)],
                (8, 7),
                "accG",
            ),
            series("Fuel", [live("fuel", variables=ONE)], (8, 7), "litre"),
            series("Lap position", [live("lap_position", variables=ONE)], (8, 7), "percentunit"),
            series("Lap time so far", [live("lap_time", variables=ONE)], (8, 7), "s"),
        ],
    ),
    "laps": (
        "Laps",
        "Best laps of drivers and cars, and every lap time.",
        LAPS,
        "now-24h",
        [
            table(
                "Leaderboard",
                [
                    of_laps("min", "min_over_time", "counted_ms", ("track", "driver", "car"), "min"),
                    of_laps("sum", "count_over_time", "counted_ms", ("track", "driver", "car"), "count"),
                ],
                ["track", "driver", "car", "best lap", "laps that count"],
                (24, 10),
                unit="clockms",
                overrides=("leaderboard",),
            ),
            series("Lap times", [each_lap("time_ms")], (24, 9), "clockms", points=True),
            table(
                "Best sectors",
                [of_laps("min", "min_over_time", f"sectors_ms_{number}", ("track", "driver"), "min") for number in (1, 2, 3)],
                ["track", "driver", "sector 1", "sector 2", "sector 3"],
                (12, 8),
                unit="clockms",
            ),
            series("Fuel of a lap", [each_lap("fuel_used_l")], (12, 8), "litre", points=True),
            series("Top speed of a lap", [each_lap("speed_kmh_max")], (12, 8), "velocitykmh", points=True),
            table(
                "Laps",
                [of_laps("sum", "count_over_time", "number", ("driver", "track"), "count")],
                ["driver", "track", "laps"],
                (12, 8),
            ),
        ],
    ),
    "events": (
        "Events",
        "What happened: sectors, pit stops, flags, damage, fuel.",
        DRIVEN,
        "now-1h",
        [
            series(
                "Events",
                [
                    Query(
                        "sum by (kind) (count_over_time(events_session_s{@}[$__interval]))",
                        'SELECT count("session_s") FROM "events" WHERE @ GROUP BY time($__interval), "kind" fill(none)',
                        "{{kind}}",
                        DRIVEN,
                    )
                ],
                (24, 9),
                points=True,
            ),
            table(
                "Events by kind and driver",
                [
                    Query(
                        "sum by (kind, driver) (count_over_time(events_session_s{@}[$__range]))",
                        'SELECT count("session_s") FROM "events" WHERE @ GROUP BY "kind", "driver"',
                        variables=DRIVEN,
                        instant=True,
                        table=True,
                    )
                ],
                ["kind", "driver", "events"],
                (12, 10),
            ),
            panel(
                "Lap positions of mistakes",
                "timeseries",
                [
                    Query(
                        'max by (kind, driver) (last_over_time(events_place{kind=~"off_track|invalidated|wrong_way|damage",@}[$__interval]))',
                        "SELECT last(\"place\") FROM \"events\" WHERE @ AND \"kind\" =~ /^(off_track|invalidated|wrong_way|damage)$/ "
                        'GROUP BY time($__interval), "kind", "driver" fill(none)',
                        "{{kind}} {{driver}}",
                        DRIVEN,
                    )
                ],
                (12, 10),
                "percentunit",
                "Where cars left the track, and where laps became invalid: 0 and 1 are the finish line.",
                {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}, "tooltip": {"mode": "single", "sort": "none"}},
                {"drawStyle": "points", "pointSize": 6},
            ),
            table(
                "Texts",
                [
                    Query(
                        "",
                        'SELECT "kind", "text", "driver", "rig", "track" FROM "events" WHERE @ ORDER BY time DESC LIMIT 200',
                        variables=DRIVEN,
                        table=True,
                    )
                ],
                ["kind", "text", "driver", "rig", "track"],
                (24, 10),
                only="influxdb",
            ),
        ],
    ),
}


def variable(database, name):
    measurement, is_multi = VARIABLES[name]
    before = [other for other in VARIABLES if other in ("site", "rig") and other != name and name != "site"]
    if database == "victoriametrics":
        field = "driving" if measurement == "rig" else "number"
        conditions = ",".join(f'{other}=~"${other}"' for other in before)
        query = f"label_values({measurement}_{field}{{{conditions}}}, {name})"
        of_database = {"definition": query, "query": {"qryType": 1, "query": query, "refId": "Variable"}}
    else:
        conditions = " AND ".join(f'"{other}" =~ /^${other}$/' for other in before)
        query = f'SHOW TAG VALUES FROM "{measurement}" WITH KEY = "{name}"' + (f" WHERE {conditions}" if conditions else "")
        of_database = {"definition": query, "query": query}
    return of_database | {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": source(database),
        "refresh": 2,
        "sort": 1,
        "multi": is_multi,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": "All", "value": "$__all"},
        "hide": 0,
        "regex": "",
        "options": [],
        "skipUrlSync": False,
    }


def overridden(names):
    overrides = []
    if "driving" in names:
        overrides.append(
            {
                "matcher": {"id": "byType", "options": "number"},
                "properties": [
                    {
                        "id": "mappings",
                        "value": [
                            {"type": "value", "options": {"0": {"text": "not driving", "color": "text", "index": 0}, "1": {"text": "driving", "color": "green", "index": 1}}}
                        ],
                    }
                ],
            }
        )
    if "leaderboard" in names:
        overrides.append({"matcher": {"id": "byName", "options": "laps that count"}, "properties": [{"id": "unit", "value": "none"}]})
    return overrides


def columns(database, count, renames):
    """Transformations that make one table of several queries, with these columns."""
    tags = len(renames) - count
    if database == "victoriametrics":
        # The column of a value is `Value`, with the letter of its query if there are several.
        values = ["Value"] if count == 1 else [f"Value #{chr(65 + index)}" for index in range(count)]
        found = renames[:tags] + values
        return [
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True},
                    "indexByName": {name: index for index, name in enumerate(found)},
                    "renameByName": dict(zip(values, renames[tags:])),
                },
            },
        ]
    return [{"id": "merge", "options": {}}]


def build_panel(database, described, identifier, position):
    fields = {"custom": described["custom"] or {}, "mappings": [], "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": None}]}}
    if described["unit"]:
        fields["unit"] = described["unit"]
    if described["decimals"] is not None:
        fields["decimals"] = described["decimals"]
    built = {
        "id": identifier,
        "type": described["kind"],
        "title": described["title"],
        "description": described["description"],
        "datasource": source(database),
        "gridPos": position,
        "interval": "200ms" if described["kind"] == "timeseries" else None,
        "fieldConfig": {"defaults": fields, "overrides": overridden(described["overrides"])},
        "options": described["options"] or {},
        "targets": [query.target(database, chr(65 + index)) for index, query in enumerate(described["queries"])],
    }
    if described["renames"]:
        built["transformations"] = columns(database, len(described["queries"]), described["renames"])
    return {key: value for key, value in built.items() if value is not None}


def build(database, name):
    title, description, variables, since, panels = DASHBOARDS[name]
    kind, label, plugin = DATABASES[database]
    built, x, y, height = [], 0, 0, 0
    for described in panels:
        if described["only"] not in (None, database):
            continue
        width, tall = described["size"]
        if x + width > 24:
            x, y, height = 0, y + height, 0
        built.append(build_panel(database, described, len(built) + 1, {"x": x, "y": y, "w": width, "h": tall}))
        x, height = x + width, max(height, tall)
    kinds = sorted({described["type"] for described in built})
    return {
        "__inputs": [
            {
                "name": "DS_ACEVO",
                "label": label,
                "description": f"The database that acevo writes to, by the data source {plugin}",
                "type": "datasource",
                "pluginId": kind,
                "pluginName": plugin,
            }
        ],
        "__requires": [
            {"type": "grafana", "id": "grafana", "name": "Grafana", "version": "10.0.0"},
            {"type": "datasource", "id": kind, "name": plugin, "version": "1.0.0"},
            *({"type": "panel", "id": kind, "name": kind, "version": ""} for kind in kinds),
        ],
        "id": None,
        "uid": f"acevo-{name}-{database}",
        "title": f"acevo: {title}",
        "description": description,
        "tags": ["acevo"],
        "schemaVersion": 38,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "5s",
        "time": {"from": since, "to": "now"},
        "timepicker": {"refresh_intervals": ["1s", "5s", "10s", "1m"]},
        "timezone": "",
        "annotations": {"list": []},
        "links": [{"type": "dashboards", "tags": ["acevo"], "title": "acevo", "asDropdown": True, "includeVars": True, "keepTime": True}],
        "templating": {"list": [variable(database, name) for name in variables]},
        "panels": built,
    }


def main():
    is_check = sys.argv[1:] == ["--check"]
    wrong = []
    for database in DATABASES:
        for name in DASHBOARDS:
            path = FOLDER / f"{name}-{database}.json"
            text = json.dumps(build(database, name), indent=1) + "\n"
            if is_check and (not path.exists() or path.read_text() != text):
                wrong.append(path.name)
            elif not is_check:
                path.write_text(text)
    for name in wrong:
        print(f"{name} is not what make.py writes", file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
