// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Every segment that TCP sends again, with the state of its timer.
struct SocketRetransmitProbe: KernelProbe {
    let name = "socket_retransmit"
    let records: [RecordKind] = [.socketRetransmit]

    var attachOptions: [AttachOption] {
        [
            AttachOption(
                .tracepoint,
                (2...3).map { (count: Int) in
                    ProgramChoice("raw_tp\(count)_tcp_retransmit_skb", on: "tcp:tcp_retransmit_skb", arguments: count)
                })
        ]
    }
}
