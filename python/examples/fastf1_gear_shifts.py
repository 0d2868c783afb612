"""Gears on the track, with FastF1's names.

    python fastf1_gear_shifts.py race.acevo

It needs fastf1 and matplotlib.
"""

import sys

import acevo_telemetry as acevo
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection

session = acevo.fastf1(sys.argv[1])
session.load()

lap = session.laps.pick_fastest()
telemetry = lap.get_telemetry()

points = np.array([telemetry["X"].to_numpy(), telemetry["Y"].to_numpy()]).T.reshape(-1, 1, 2)
segments = np.concatenate([points[:-1], points[1:]], axis=1)
gears = telemetry["nGear"].to_numpy().astype(float)

fig, ax = plt.subplots(figsize=(8, 8))
line = LineCollection(segments, cmap=plt.get_cmap("Paired", 8), norm=plt.Normalize(0.5, 8.5), linewidth=4)
line.set_array(gears)
ax.add_collection(line)
ax.axis("equal")
ax.tick_params(labelleft=False, left=False, labelbottom=False, bottom=False)
fig.suptitle(f"Gears on the fastest lap\n{lap['Driver']}, {session.event['EventName']} {session.event.year}")

bar = fig.colorbar(line, label="Gear", boundaries=np.arange(0.5, 9.5))
bar.set_ticks(np.arange(1, 9))

plt.show()
