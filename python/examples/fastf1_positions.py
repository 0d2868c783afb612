"""Positions of all drivers lap by lap, with FastF1's names.

    python fastf1_positions.py race.acevo

It needs fastf1 and matplotlib. The recording has the laps of the other cars, as far as the game has published them.
"""

import sys

import acevo_telemetry as acevo
import fastf1.plotting
import matplotlib.pyplot as plt

fastf1.plotting.setup_mpl(mpl_timedelta_support=False, color_scheme="fastf1")

session = acevo.fastf1(sys.argv[1])
session.load()

fig, ax = plt.subplots(figsize=(8, 5))
for number in session.drivers:
    laps = session.laps.pick_drivers(number)
    code = laps["Driver"].iloc[0]
    style = fastf1.plotting.get_driver_style(identifier=code, style=["color", "linestyle"], session=session)
    ax.plot(laps["LapNumber"], laps["Position"], label=code, **style)

ax.set_ylim(len(session.drivers) + 0.5, 0.5)
ax.set_yticks([1, *range(5, len(session.drivers) + 1, 5)])
ax.set_xlabel("Lap")
ax.set_ylabel("Position")
ax.legend(bbox_to_anchor=(1.0, 1.02))
fig.tight_layout()

plt.show()
