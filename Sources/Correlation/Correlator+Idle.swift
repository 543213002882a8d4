// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// What the first request after an idle time meets.
extension Correlator {
    private static let survivalLimit = 1024

    /// Before the I/O is booked: a send after a long silence is a question, what is received next its answer.
    mutating func noteIdle(_ io: SocketIO, _ result: Int32, _ socket: Int32) {
        if sockets[socket].isAccepted { return }
        if !io.isReceive, let last = sockets[socket].lastActivity, io.start > last.timestamp {
            let idle = io.start - last.timestamp
            if idle >= floors.idleKilledIdle, io.isData || Self.isBroken(result) {
                sockets[socket].idleBefore = idle
            }
        }
        guard sockets[socket].idleBefore > 0 else { return }
        if Self.isBroken(result) {
            idleEnded(socket, isReset: true, io.mark)
        } else if io.isReceive, io.isData {
            survivedIdle(socket)
        }
    }

    /// EPIPE, ECONNRESET, ETIMEDOUT
    private static func isBroken(_ result: Int32) -> Bool { result == -32 || result == -104 || result == -110 }

    private mutating func survivedIdle(_ socket: Int32) {
        let idle = sockets[socket].idleBefore
        sockets[socket].idleBefore = 0
        guard let endpoint = sockets[socket].remote, enterSurvival(of: endpoint) else { return }
        survivals[endpoint]?.survived &+= 1
        let longest = survivals[endpoint]?.longestSurvived ?? .zero
        survivals[endpoint]?.longestSurvived = max(longest, .nanoseconds(clamping: idle))
    }

    /// The connection was dead when it was used again.
    mutating func idleEnded(_ socket: Int32, isReset: Bool, _ mark: EventMark) {
        let idle = sockets[socket].idleBefore
        guard idle > 0 else { return }
        sockets[socket].idleBefore = 0
        guard let endpoint = sockets[socket].remote, enterSurvival(of: endpoint), var survival = survivals[endpoint]
        else { return }
        let length = Duration.nanoseconds(clamping: idle)
        survival.shortestFailed = survival.failed == 0 ? length : min(survival.shortestFailed, length)
        survival.failed &+= 1
        note(socket, silentFor: idle, in: &survival.keepalive)
        if isReset { survival.reset &+= 1 }
        survival.firstFailure = survival.firstFailure ?? mark.reference
        survival.lastFailure = mark.reference
        survival.descriptor = sockets[socket].descriptor >= 0 ? sockets[socket].descriptor : nil
        let stack = sockets[socket].openStack
        if stack >= 0 { survival.stack = stacks.resolve(stackID: stack) }
        survivals[endpoint] = survival
    }

    private mutating func enterSurvival(of endpoint: Endpoint) -> Bool {
        if survivals[endpoint] != nil { return true }
        guard survivals.count < Self.survivalLimit else { return false }
        survivals[endpoint] = IdleSurvival(endpoint: endpoint)
        return true
    }

    /// Those with failures, the first one first.
    var failedSurvivals: [IdleSurvival] {
        survivals.values.filter { $0.failed > 0 }
            .sorted { ($0.firstFailure?.ordinal ?? 0) < ($1.firstFailure?.ordinal ?? 0) }
    }
}
