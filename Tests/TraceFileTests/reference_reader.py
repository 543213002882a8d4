#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the records of a trace as JSON lines, then a line of totals. Written from docs/file-format.md alone."""
import json
import pathlib
import struct
import sys

TABLE = []
for value in range(256):
    for _ in range(8):
        value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    TABLE.append(value)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class Stream:
    def __init__(self, data):
        self.data, self.position = data, 0

    def byte(self):
        self.position += 1
        return self.data[self.position - 1]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag(self):
        value = self.varint()
        return value // 2 if value % 2 == 0 else -(value + 1) // 2

    def take(self, count):
        self.position += count
        return Stream(self.data[self.position - count:self.position])

    def is_at_end(self):
        return self.position == len(self.data)


def lanes_of(record):
    lanes = []
    for field in record["fields"]:
        offset, end = field["offset"], field["offset"] + field["width"] * field["count"]
        while offset < end:
            width = 8 if field["width"] == 1 and end - offset >= 8 else field["width"]
            lanes.append((offset, width))
            offset += width
    return lanes


def unpack(payload, count, schema):
    lanes = [lanes_of(record) for record in schema]
    slots = {}
    whole = Stream(payload)
    lengths = [whole.varint() for _ in range(whole.varint())]
    streams = [whole.take(length) for length in lengths] + [Stream(b"")] * (67 - len(lengths))
    assert whole.is_at_end()
    timestamp = 0
    for _ in range(count):
        kind, slot = streams[0].varint(), streams[1].byte()
        timestamp = (timestamp + streams[2].zigzag()) % 2**64
        mask = streams[3].varint()
        record = slots.setdefault((kind, slot), bytearray(schema[kind]["size"]))
        record[0:8] = timestamp.to_bytes(8, "little")
        for bit in range(63):
            if mask >> bit & 1:
                offset, width = lanes[kind][bit + 1]
                old = int.from_bytes(record[offset:offset + width], "little")
                new = (old + streams[4 + bit].zigzag()) % 2**(8 * width)
                record[offset:offset + width] = new.to_bytes(width, "little")
        yield schema[kind], bytes(record)
    assert all(stream.is_at_end() for stream in streams)


def fields_of(schema, record):
    result = {}
    for field in schema["fields"]:
        offset, width = field["offset"], field["width"]
        values = [
            int.from_bytes(record[offset + width * n:offset + width * (n + 1)], "little", signed=field["signed"])
            for n in range(field["count"])
        ]
        result[field["name"]] = values if field["count"] > 1 else values[0]
    return result


def main(path):
    data = pathlib.Path(path).read_bytes()
    magic, version, minimum, order, records_version, length, schema_crc, trace_id, _, crc = struct.unpack_from(
        "<8sHHIIIIIII", data)
    assert magic == b"\x89PSC\r\n\x1a\n" and minimum <= 1 and order == 0x01020304 and records_version <= 1
    assert crc == crc32c(data[:36])
    position, sequence, schema, blocks, total = length, 0, None, [], 0
    while position < len(data):
        magic, kind, codec, flags, stored, raw, count, payload_crc, number, first, last, block_id, crc = (
            struct.unpack_from("<4sHBBIIIIQQQII", data, position))
        assert magic == b"\xb5PSB" and crc == crc32c(data[position:position + 52])
        assert block_id == trace_id and number == sequence and codec == 0 and stored == raw
        payload = data[position + 56:position + 56 + stored]
        assert payload_crc == crc32c(payload)
        position, sequence = position + 56 + stored, sequence + 1
        blocks.append(kind)
        if kind == 2:
            assert schema_crc == crc32c(payload)
            schema = json.loads(payload)["records"]
        elif kind == 1:
            for record_schema, record in unpack(payload, count, schema):
                fields = fields_of(record_schema, record)
                assert first <= fields["timestamp_ns"] <= last
                print(json.dumps({"record": record_schema["name"], "fields": fields}))
                total += 1
        else:
            print(json.dumps({"block": kind, "json": json.loads(payload)}))
    print(json.dumps({"blocks": blocks, "records": total}))


main(sys.argv[1])
