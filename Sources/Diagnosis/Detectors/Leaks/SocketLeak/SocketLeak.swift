// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Live sockets that nobody uses any more, by where they come from.
struct SocketLeak: Sendable {
    private static let datagram: UInt16 = 17

    private struct OriginKey: Hashable {
        var callers: [StackFrame]
        var endpoint: Endpoint?
        var isAccepted: Bool
        var protocolNumber: UInt16
    }

    /// Those with forgotten sockets, in the order of the first one's birth.
    func result(_ core: Core, from start: UInt64) -> [SocketOrigin] {
        var origins: [OriginKey: SocketOrigin] = [:]
        var resolved: [Int32: CallStack?] = [:]
        let live = core.sockets.live.filter { core.sockets[$0].birth != nil && !core.sockets[$0].wasLeased }
        for slot in live.sorted(by: { (core.sockets[$0].bornAt, $0) < (core.sockets[$1].bornAt, $1) }) {
            let socket = core.sockets[slot]
            if resolved[socket.openStack] == nil {
                resolved[socket.openStack] = .some(core.stacks.resolve(stackID: socket.openStack))
            }
            let stack = resolved[socket.openStack] ?? nil
            let isAccepted = core.isAccepted(slot)
            let endpoint = socket.protocolNumber == Self.datagram ? nil : isAccepted ? socket.local : socket.remote
            let key = OriginKey(
                callers: Array(stack?.callers ?? []), endpoint: endpoint, isAccepted: isAccepted,
                protocolNumber: socket.protocolNumber)
            var origin =
                origins[key]
                ?? SocketOrigin(
                    stack: stack, endpoint: endpoint, isAccepted: isAccepted, protocolNumber: socket.protocolNumber)
            note(slot, isAccepted: isAccepted, from: start, in: &origin, core)
            origins[key] = origin
        }
        return origins.values.filter { $0.forgotten > 0 }
            .sorted { ($0.firstBirth?.ordinal ?? 0) < ($1.firstBirth?.ordinal ?? 0) }
    }

    private func note(
        _ slot: Int32, isAccepted: Bool, from start: UInt64, in origin: inout SocketOrigin, _ core: Core
    ) {
        let socket = core.sockets[slot]
        let lastUse = max(socket.lastActivity?.timestamp ?? 0, socket.lastActivityByCensus, socket.bornAt)
        let silence = core.now - min(lastUse, core.now)
        let use = lastUse - socket.bornAt
        let idle =
            (isAccepted
            ? core.settings.thresholds[SocketLeakRule.acceptedIdle] : core.settings.thresholds[SocketLeakRule.idle])
            .clampedNanoseconds
        guard silence >= idle, silence / 3 >= use, let birth = socket.birth else {
            origin.inUse &+= 1
            return
        }
        origin.forgotten &+= 1
        origin.firstBirth = origin.firstBirth ?? birth.reference
        origin.lastBirth = birth.reference
        origin.longestSilence = max(origin.longestSilence, .nanoseconds(clamping: silence))
        if origin.descriptors.count < 10, socket.descriptor >= 0 { origin.descriptors.append(socket.descriptor) }
        // Who was born in the last `idle` cannot be among them.
        let window = max(1, core.now - min(idle, core.now) - min(start, core.now - min(idle, core.now)))
        let age = birth.timestamp - min(start, birth.timestamp)
        origin.byQuarter[Int(min(3, age / max(1, window / 4)))] &+= 1
    }
}
