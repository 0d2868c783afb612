"""Speed on the track, with FastF1's names.

    python fastf1_speed_on_track.py race.acevo

It needs matplotlib.
"""

import sys

import acevo_telemetry as acevo
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection

session = acevo.fastf1(sys.argv[1])
session.load()
weekend = session.event

driver = session.laps.pick_fastest()["Driver"]
lap = session.laps.pick_drivers(driver).pick_fastest()

x = lap.telemetry["X"]
y = lap.telemetry["Y"]
color = lap.telemetry["Speed"]

points = np.array([x, y]).T.reshape(-1, 1, 2)
segments = np.concatenate([points[:-1], points[1:]], axis=1)

fig, ax = plt.subplots(figsize=(12, 7))
fig.suptitle(f"{weekend.name} {weekend.year}, {driver}: speed")
fig.subplots_adjust(left=0.1, right=0.9, top=0.9, bottom=0.16)
ax.axis("off")
ax.set_aspect("equal", adjustable="datalim")

ax.plot(x, y, color="black", linewidth=14, zorder=0)
norm = plt.Normalize(color.min(), color.max())
line = ax.add_collection(LineCollection(segments, cmap=mpl.colormaps["plasma"], norm=norm, linewidth=5))
line.set_array(color)

bar_axes = fig.add_axes((0.25, 0.09, 0.5, 0.04))
mpl.colorbar.ColorbarBase(bar_axes, norm=norm, cmap=mpl.colormaps["plasma"], orientation="horizontal", label="Speed (km/h)")

plt.show()
