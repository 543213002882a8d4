// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How many receives and sends come as sums, and since when.
struct AggregatedCalls: Sendable {
    private var ledger = SumLedger()

    mutating func detailChanged(_ record: ps_detail_change, _ ordinal: UInt64) { ledger.add(record, ordinal: ordinal) }

    /// What has come since the sums before; `nil`: nothing.
    mutating func growth(_ record: ps_socket_sum, _ ordinal: UInt64) -> ps_socket_sum? {
        ledger.advance(record, ordinal: ordinal)
    }

    mutating func add(_ growth: ps_socket_sum, of socket: SocketSlot, _ core: Core) {
        let isAccepted = core.isAccepted(socket)
        let endpoint = isAccepted ? core.sockets[socket].local : core.sockets[socket].remote
        ledger.note(
            growth,
            of: endpoint.map {
                EndpointKey(
                    endpoint: $0, isAccepting: isAccepted, protocolNumber: core.sockets[socket].protocolNumber)
            })
    }

    mutating func socketGone(_ socket: SocketSlot, _ core: Core) { ledger.settle(inode: core.sockets[socket].inode) }

    func addResult(to analysis: inout TraceAnalysis) {
        analysis.summedCalls = ledger.all
        guard let last = ledger.last else { return }
        analysis.summed = SummedTotals(
            calls: ledger.calls, sockets: ledger.sockets, since: ledger.change?.reference, last: last.reference,
            reason: ledger.reason)
    }
}
