"""A reader of recordings (format 2) in pure Python, with the package `lz4` only: what a script without acevo would be.

It reads the physics pages of all groups until a time. `crates/acevo-recording/FORMAT.md` describes the format.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import lz4.block

MASK = 0xFFFFFFFF


class Bits:
    """Bits of bytes, the lowest first."""

    def __init__(self, data: bytes) -> None:
        self.number, self.position = int.from_bytes(data, "little"), 0

    def take(self, width: int) -> int:
        value = (self.number >> self.position) & ((1 << width) - 1)
        self.position += width
        return value

    def unary(self) -> int:
        window = (self.number >> self.position) & 0xFFFF
        zeros = (window & -window).bit_length() - 1
        self.position += zeros + 1
        return zeros


def columns(payload: bytes, count: int, records: int) -> list[list[int]]:
    """The columns of a chunk."""
    kinds, at = payload[:count], count
    numbers = sum({1: 1, 4: 1, 2: 2, 3: 2}.get(kind, 0) for kind in kinds)
    words = iter(struct.unpack_from(f"<{numbers}I", payload, at))
    at += 4 * numbers
    blocks = -(-(records - 1) // 64)
    coded = kinds.count(4)
    heads = payload[at : at + coded * blocks]
    at += coded * blocks
    lengths = [min(64, records - 1 - 64 * block) for block in range(blocks)]
    bits = sum((head & 31) * lengths[index % blocks] for index, head in enumerate(heads))
    low, unary = Bits(payload[at : at + -(-bits // 8)]), Bits(payload[at + -(-bits // 8) :])
    head_at, found = 0, []
    for kind in kinds:
        if kind == 0:
            column = [0] * records
        elif kind == 1:
            column = [next(words)] * records
        elif kind == 2:
            first, step = next(words), next(words)
            column = [(first + step * index) & MASK for index in range(records)]
        elif kind == 3:
            other, first = found[next(words)], next(words)
            column = [(value - other[0] + first) & MASK for value in other]
        else:
            first = next(words)
            column, one, two, three = [first], first, first, first
            for length in lengths:
                head = heads[head_at]
                head_at += 1
                width, order = head & 31, head >> 5
                for _ in range(length):
                    # The low bits are stored for a code that is stored as a whole, too.
                    upper, rest = unary.unary(), low.take(width)
                    number = unary.take(32) if upper == 12 else upper << width | rest
                    if order:
                        difference = number >> 1 ^ -(number & 1)
                        if order == 1:
                            number = one + difference
                        elif order == 2:
                            number = 2 * one - two + difference
                        else:
                            number = 3 * one - 3 * two + three + difference
                    three, two, one = two, one, number & MASK
                    column.append(one)
        found.append(column)
    return found


def physics(path: Path, until_s: float) -> Iterator[tuple[list[int], list[list[int]]]]:
    """Times in microseconds and words of the physics pages, group by group."""
    with path.open("rb") as file:
        header = file.read(32)
        file.seek(32 + struct.unpack_from("<I", header, 12)[0])
        while len(block := file.read(64)) == 64:
            kind, page, codec = block[5], block[6], block[7]
            records, raw, stored = struct.unpack_from("<III", block, 20)
            first = struct.unpack_from("<Q", block, 32)[0]
            payload = file.read(stored)
            assert zlib.crc32(payload) == struct.unpack_from("<I", block, 48)[0]
            if first > until_s * 1e6:
                return
            if kind != 1 or page != 0:
                continue
            data = lz4.block.decompress(payload, uncompressed_size=raw) if codec == 1 else payload
            words = -(-struct.unpack_from("<H", block, 10)[0] // 4)
            found = columns(data, 4 + words, records)
            yield [first + time for time in found[1]], found[4:]
