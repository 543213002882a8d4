// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// How long answers take on leased connections: what a time-out of requests must allow for.
struct RequestTimeouts: Sendable {
    private struct Request: Sendable {
        /// When the request was sent whose answer has not begun; 0: none is out.
        var sentAt: UInt64 = 0
        /// Where the ledger has the endpoint; -1: to be looked up.
        var hint: Int32 = -1
    }

    private var ledger = RoundTripLedger()
    private var requests = SocketColumn(Request())

    @inline(__always)
    mutating func dataMoved(_ event: IOEvent, _ core: Core) {
        guard event.io.isData, event.lease >= 0 else { return }
        let since = requests[event.socket].sentAt
        if !event.io.isReceive {
            if since == 0 { requests[event.socket].sentAt = event.io.start }
            return
        }
        if since == 0 { return }
        requests[event.socket].sentAt = 0
        guard let remote = core.sockets[event.socket].remote else { return }
        requests[event.socket].hint = ledger.add(
            event.io.mark.timestamp.elapsed(since: since), to: remote, hint: requests[event.socket].hint,
            at: event.io.mark)
    }

    mutating func callsAggregated(_ socket: SocketSlot) { requests[socket].sentAt = 0 }

    /// Round trips to endpoints beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }

    var result: [RoundTrips] { ledger.all }
}
