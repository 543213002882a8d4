# SPDX-License-Identifier: Apache-2.0
"""What tcpdump saw on the loopback device: flags and bytes by protocol, source and destination port."""
import collections
import struct

ETHERNET, IPV4, IPV6 = 14, 0x0800, 0x86DD
TCP, UDP = 6, 17
FIN, SYN, RST, ACK = 1, 2, 4, 16


class Capture:
    def __init__(self):
        self.counts = {what: collections.Counter() for what in ("SYN", "FIN", "RST", "bytes")}
        self.sent_again = 0
        self.stale_resets = 0	# in answer to what comes after both sides have closed: no socket sends them
        self.closed = set()
        self.next_sequence = {}

    def take(self, packet):
        kind, = struct.unpack_from(">H", packet, 12)
        if kind == IPV4:
            header = (packet[ETHERNET] & 15) * 4
            length = struct.unpack_from(">H", packet, ETHERNET + 2)[0] - header
            protocol = packet[ETHERNET + 9]
        elif kind == IPV6:
            header = 40
            length, = struct.unpack_from(">H", packet, ETHERNET + 4)
            protocol = packet[ETHERNET + 6]
        else:
            return
        segment = packet[ETHERNET + header:]
        if protocol == UDP:
            source, destination, size = struct.unpack_from(">HHH", segment)
            self.counts["bytes"][UDP, source, destination] += size - 8
        elif protocol == TCP:
            self.take_segment(segment, length)

    def take_segment(self, segment, length):
        source, destination, sequence = struct.unpack_from(">HHI", segment)
        flags, size = segment[13], length - (segment[12] >> 4) * 4
        way = TCP, source, destination
        if flags & RST:
            if way in self.closed and (TCP, destination, source) in self.closed:
                self.stale_resets += 1
            else:
                self.counts["RST"][way] += 1
            return
        if flags & SYN:
            if not flags & ACK:
                self.counts["SYN"][TCP, destination] += 1
            self.sent_again += self.next_sequence.get(way) == (sequence + 1) % 2**32
            self.next_sequence[way] = (sequence + 1) % 2**32
            self.closed.discard(way)
            return
        taken = size + (flags & FIN)
        if not taken:
            return
        new = (sequence + taken - self.next_sequence.get(way, sequence)) % 2**32
        if 0 < new < 2**31:
            self.counts["bytes"][way] += min(size, new - (flags & FIN))
            self.counts["FIN"][way] += flags & FIN
            if flags & FIN:
                self.closed.add(way)
            self.next_sequence[way] = (sequence + taken) % 2**32
        else:
            self.sent_again += 1


def read(path):
    """A file in pcap's format: this host's byte order, Ethernet."""
    content = path.read_bytes()
    if struct.unpack_from("<I", content)[0] not in (0xA1B2C3D4, 0xA1B23C4D):
        raise ValueError(f"{path} is not a capture")
    capture, offset = Capture(), 24
    while offset + 16 <= len(content):
        captured, = struct.unpack_from("<I", content, offset + 8)
        capture.take(content[offset + 16:offset + 16 + captured])
        offset += 16 + captured
    return capture
