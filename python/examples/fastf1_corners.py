"""Corners on a speed trace and on a map, with FastF1's names.

    python fastf1_corners.py race.acevo

It needs fastf1 and matplotlib.
"""

import sys

import acevo_telemetry as acevo
import fastf1.plotting
import matplotlib.pyplot as plt
import numpy as np

fastf1.plotting.setup_mpl(mpl_timedelta_support=True, color_scheme="fastf1")

session = acevo.fastf1(sys.argv[1])
session.load()

lap = session.laps.pick_fastest()
car_data = lap.get_car_data().add_distance()
circuit = session.get_circuit_info()

fig, ax = plt.subplots(figsize=(10, 5))
ax.plot(car_data["Distance"], car_data["Speed"], color=fastf1.plotting.get_team_color(lap["Team"], session=session), label=lap["Driver"])
low, high = car_data["Speed"].min(), car_data["Speed"].max()
ax.vlines(circuit.corners["Distance"], low - 20, high + 20, linestyles="dotted", colors="grey")
for _, corner in circuit.corners.iterrows():
    ax.text(corner["Distance"], low - 30, f"{corner['Number']}{corner['Letter']}", va="center_baseline", ha="center", size="small")
ax.set_xlabel("Distance (m)")
ax.set_ylabel("Speed (km/h)")
ax.set_ylim(low - 40, high + 20)
ax.legend()


def rotate(points, angle):
    """Points turned by an angle."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.matmul(points, turn)


rotation = circuit.rotation / 180 * np.pi
track = rotate(lap.get_pos_data().loc[:, ("X", "Y")].to_numpy(), rotation)

fig, ax = plt.subplots(figsize=(8, 8))
ax.plot(track[:, 0], track[:, 1])
for _, corner in circuit.corners.iterrows():
    offset = rotate([500, 0], corner["Angle"] / 180 * np.pi)
    text = rotate([corner["X"] + offset[0], corner["Y"] + offset[1]], rotation)
    apex = rotate([corner["X"], corner["Y"]], rotation)
    ax.scatter(text[0], text[1], color="grey", s=140)
    ax.plot([apex[0], text[0]], [apex[1], text[1]], color="grey")
    ax.text(text[0], text[1], f"{corner['Number']}{corner['Letter']}", va="center_baseline", ha="center", size="small", color="white")
ax.set_title(session.event["Location"])
ax.set_xticks([])
ax.set_yticks([])
ax.axis("equal")

plt.show()
