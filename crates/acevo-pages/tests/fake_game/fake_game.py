"""Holds sections as recent Wine does: shared mappings of memfds, in a process with the game's name. Runs until its standard
input ends.

Arguments, one per section: SIZE:KIND:FILE. KIND is `still` or `moving` (the first word counts up). FILE has the bytes; it may
be empty for zeros.
"""

import ctypes
import mmap
import os
import select
import struct
import sys

# The kernel truncates the name to 15 characters, as it does for the game.
ctypes.CDLL(None).prctl(15, b"AssettoCorsaEVO.exe", 0, 0, 0)

moving = []
kept = []
for argument in sys.argv[1:]:
    size, kind, path = argument.split(":", 2)
    descriptor = os.memfd_create("wine-mapping")
    os.ftruncate(descriptor, int(size))
    memory = mmap.mmap(descriptor, int(size), mmap.MAP_SHARED)
    if path:
        with open(path, "rb") as file:
            data = file.read()
        memory[: len(data)] = data
    if kind == "moving":
        moving.append(memory)
    kept.append(memory)

print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0.003)[0]:
    for memory in moving:
        memory[:4] = struct.pack("<i", struct.unpack("<i", memory[:4])[0] + 1)
