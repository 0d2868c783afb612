"""Speed traces of two laps, with FastF1's names.

    python fastf1_speed_traces.py race.acevo

It needs fastf1 and matplotlib. With FastF1 the session would be `fastf1.get_session(...)`; only that line differs.
"""

import sys

import acevo_telemetry as acevo
import fastf1.plotting
import matplotlib.pyplot as plt

fastf1.plotting.setup_mpl(mpl_timedelta_support=True, color_scheme="fastf1")

session = acevo.fastf1(sys.argv[1])
session.load()

laps = session.laps.pick_drivers(session.laps.pick_fastest()["Driver"])
fastest = laps.pick_fastest()
slowest = laps.pick_accurate().sort_values("LapTime").iloc[-1]

fig, ax = plt.subplots(figsize=(10, 5))
color = fastf1.plotting.get_team_color(fastest["Team"], session=session)
for lap, style in ((fastest, "solid"), (slowest, "dashed")):
    telemetry = lap.get_car_data().add_distance()
    label = f"{lap['Driver']}, lap {lap['LapNumber']:.0f}"
    ax.plot(telemetry["Distance"], telemetry["Speed"], color=color, linestyle=style, label=label)

ax.set_xlabel("Distance (m)")
ax.set_ylabel("Speed (km/h)")
ax.legend()
fig.suptitle(f"Two laps\n{session.event['EventName']} {session.event.year} {session.name}")

plt.show()
