// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every datagram that is dropped because a UDP socket has no room for it.
struct DatagramDropProbe: KernelProbe {
    let name = "datagram_drop"
    let records: [RecordKind] = [.datagramDrop]

    var attachOptions: [AttachOption] {
        [AttachOption(.tracepoint, [ProgramChoice("raw_tp_udp_fail_queue_rcv_skb", on: "udp:udp_fail_queue_rcv_skb")])]
    }
}
