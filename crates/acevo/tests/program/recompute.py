"""Computes corners and deltas of a lap again: TABLE CORNERS-JSON SAMPLES-OF-LAP SAMPLES-OF-REFERENCE (addresses)."""
import json, sys, urllib.request
import numpy, pyarrow.parquet

table, corners = pyarrow.parquet.read_table(sys.argv[1]), json.load(open(sys.argv[2]))
# Shares are in per cent.
column = {name: table[name].to_numpy(zero_copy_only=False) for name in ("lap", "lap_time", "lap_position", "speed", "brake", "throttle", "gear")}
for share in ("lap_position", "brake", "throttle"):
    column[share] = column[share] / 100

def lap_of(about):
    """Where the position of a lap changes: the game publishes it less often than the physics."""
    rows = numpy.flatnonzero((column["lap"] == about["number"]) & numpy.isfinite(column["lap_position"]) & (column["lap_time"] > 0))
    position = column["lap_position"][rows] 
    rows, position = rows[numpy.r_[True, numpy.diff(position) > 0]], position[numpy.r_[True, numpy.diff(position) > 0]]
    lap = {name: column[name][rows].astype(float) for name in ("lap_time", "speed", "brake", "throttle", "gear")}
    lap["position"], lap["m"] = position, position * about["length_m"]
    lap["t"] = lambda at: numpy.interp(at, numpy.r_[0, position, 1], numpy.r_[0, lap["lap_time"], about["time_ms"] / 1000])
    lap["kmh"] = lambda at: numpy.interp(at, position, lap["speed"])
    return lap

def rises(lap, name, level):
    """Positions at which a pedal rises above a level."""
    value, position = lap[name], lap["position"]
    at = numpy.flatnonzero((value[:-1] < level) & (value[1:] >= level))
    return position[at] + (level - value[at]) / (value[at + 1] - value[at]) * (position[at + 1] - position[at])

def braking_points(lap, length_m):
    """Beginnings of phases of braking. Touches of the pedal, and releases of less than 12 m, do not count."""
    points = []
    for begin in rises(lap, "brake", 0.05):
        after = lap["position"] > begin
        end = lap["position"][after & (lap["brake"] < 0.05)]
        end = end[0] if len(end) else 1.0
        if points and begin - points[-1][1] <= 12 / length_m:
            points[-1] = (points[-1][0], end)
        elif lap["brake"][after & (lap["position"] <= end)].max(initial=0) >= 0.1:
            points.append((begin, end))
    return points

def close(what, found, expected, tolerance):
    assert abs(found - expected) <= tolerance, f"{what}: {found} in Python, {expected} in acevo"

about, reference = corners["lap"], corners["against"]
laps = {"lap": lap_of(about), "reference": lap_of(reference)}
checked = 0
for loss in corners["losses"]:
    corner = next(corner for corner in corners["corners"] if corner["number"] == loss["number"])
    for name, lap in laps.items():
        figures, length_m = loss[name], about["length_m"]
        inside = (lap["position"] >= corner["start"]) & (lap["position"] <= corner["end"])
        title = f'{name}, {figures["title"]}'
        close(f"{title}: entry", lap["kmh"](corner["start"]), figures["entry_kmh"], 0.5)
        close(f"{title}: minimum", lap["speed"][inside].min(), figures["min_kmh"], 0.5)
        close(f"{title}: exit", lap["kmh"](corner["end"]), figures["exit_kmh"], 0.5)
        if figures["braking_m"] is not None:
            nearest = min(abs(begin * length_m - figures["braking_m"]) for begin, _ in braking_points(lap, length_m))
            close(f"{title}: braking point", nearest, 0, 2)
        if figures["throttle_on_m"] is not None:
            nearest = min(abs(rises(lap, "throttle", 0.5) * length_m - figures["throttle_on_m"]))
            close(f"{title}: throttle", nearest, 0, 2)
        checked += 1

# The losses and the rest add up to the difference of the laps, which is the delta at the line.
delta = lambda at: laps["lap"]["t"](at) - laps["reference"]["t"](at)
close("sum", sum(loss["lost_s"] for loss in corners["losses"]) + corners["rest_s"], delta(1.0), 0.003)
# What the worst corner has lost is the rise of the delta from the apex of the corner before to where both laps are equally fast again.
worst = corners["losses"][0]
at = next(index for index, corner in enumerate(corners["corners"]) if corner["number"] == worst["number"])
begin = corners["corners"][at - 1]["apex"] if at else 0.0
after = numpy.arange(corners["corners"][at]["end"], 1, 0.001)
slower = abs(laps["lap"]["kmh"](after) - laps["reference"]["kmh"](after)) > 0.3
end = after[numpy.flatnonzero(~slower)[0]] if not slower.all() else 1.0
close("worst corner", delta(end) - delta(begin), worst["lost_s"] + (0 if at else corners["rest_s"]), 0.01)

# The samples that the page draws are those of the recording, and have the same delta.
def page(address):
    data = urllib.request.urlopen(address).read()
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4:4 + length])
    return numpy.frombuffer(data[4 + length:], "<f4").reshape(2 + len(header["channels"]), header["rows"])

drawn = {name: page(address) for name, address in zip(laps, sys.argv[3:])}
for name, (time_s, position, speed) in drawn.items():
    number = (about if name == "lap" else reference)["number"]
    exported = column["speed"][column["lap"] == number]
    # The page begins a lap at the line, an export some packets later, when the game has counted it.
    shifts = range(-25, 26)
    matches = [shift for shift in shifts if numpy.array_equal(exported[40:-40], speed[40 + shift:len(exported) - 40 + shift])]
    assert matches, f"{name}: {len(speed)} samples in the page, {len(exported)} rows in the export"
positions = numpy.linspace(0.01, 0.99, 500)
on_page = [numpy.interp(positions, drawn[name][1], drawn[name][0]) for name in laps]
worst_error = abs(on_page[0] - on_page[1] - delta(positions)).max()
close("delta in the page", worst_error, 0, 0.01)
print(json.dumps({"checked": checked, "worst": worst["number"], "lost_s": worst["lost_s"], "delta_error_s": worst_error}))
