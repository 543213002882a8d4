// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// How attempts to connect end, and how fast those that failed are repeated.
struct ConnectFailures: Sendable {
    /// An application that gives up sooner has lost interest, as in a race of two addresses: the first SYN is sent again
    /// after a second (TCP_TIMEOUT_INIT).
    private static let patience: UInt64 = 1_000_000_000

    private var ledger = ConnectLedger()
    /// Attempts whose end the trace cannot tell.
    private(set) var undecided: UInt64 = 0
    /// Of retries in a second.
    private let rateLimit: UInt64

    init(_ thresholds: Thresholds) { rateLimit = thresholds[ReconnectStormRule.rate] }

    /// The attempt of the socket has ended.
    mutating func connectEnded(_ end: ConnectEnd, _ socket: SocketSlot, _ core: Core) {
        let attempt = core.sockets[socket].connect
        guard let endpoint = core.sockets[socket].remote else {
            undecided &+= 1
            return
        }
        let mark = end.mark
        if end.isSuccess {
            ledger.succeeded(endpoint, started: attempt.startedAt, at: mark.timestamp, rateLimit: rateLimit)
            return
        }
        let length = mark.timestamp >= attempt.startedAt ? mark.timestamp - attempt.startedAt : 0
        if end.error == 0, length < Self.patience, !attempt.isUnanswered { return }
        ledger.failed(
            endpoint, error: end.error, started: attempt.startedAt, mark: mark,
            descriptor: core.sockets[socket].descriptor, stackID: attempt.stackID, rateLimit: rateLimit)
    }

    /// The socket is closed while it may still be connecting.
    mutating func socketClosing(_ socket: SocketSlot, _ mark: EventMark, _ core: Core) {
        guard core.sockets[socket].connect.isPending else { return }
        guard isStateTraced(core) else {
            undecided &+= 1
            return
        }
        let isSuccess = core.sockets[socket].receivedBytes > 0 || core.sockets[socket].sentBytes > 0
        connectEnded(ConnectEnd(mark: mark, isSuccess: isSuccess, error: 0), socket, core)
    }

    private func isStateTraced(_ core: Core) -> Bool {
        core.plan.map { $0.kernelProbes.contains { $0.delivers(.socketState) } } ?? true
    }

    /// By endpoint, the most failures first.
    func result(_ core: Core) -> [ConnectSummary] {
        ledger.entries.values.map { entry in
            var summary = entry.summary
            summary.retries = entry.retries.summary
            summary.stack = entry.stackID < 0 ? nil : core.stacks.resolve(stackID: entry.stackID)
            return (summary, summary.endpoint.description)
        }
        .sorted { ($1.0.failureCount, $0.1) < ($0.0.failureCount, $1.1) }.map(\.0)
    }

    /// Failures at endpoints beyond those that are told apart.
    var unlisted: UInt64 { ledger.unlisted }
}
