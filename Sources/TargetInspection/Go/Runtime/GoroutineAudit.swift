// SPDX-License-Identifier: Apache-2.0

/// Tells from outside whether a goroutine still exists.
///
/// Go never frees a `g` and never uses a goroutine id twice (runtime/proc.go, `newproc1`, `gfput`): another id at its
/// address, or the dead state, proves that the goroutine has ended.
public struct GoroutineAudit: Sendable {
    private let memory: any ReadableMemory
    private let layout: GoRuntimeLayout

    private static let scanBit: UInt32 = 0x1000
    private static let dead: UInt32 = 6
    /// `_Gdeadextra` (1.27): dead, and kept for a thread of C.
    private static let deadExtra: UInt32 = 11

    /// - Parameter layout: of the program that `memory` belongs to.
    public init(memory: any ReadableMemory, layout: GoRuntimeLayout) {
        self.memory = memory
        self.layout = layout
    }

    /// - Parameter address: of the goroutine's `g`, as seen when its id was.
    public func state(ofGoroutineAt address: UInt64, id: UInt64) -> GoroutineState {
        guard address != 0, id != 0, let current = goroutineID(at: address) else { return GoroutineState(.unknown) }
        guard let statusOffset = layout.status else { return GoroutineState(current == id ? .unknown : .ended) }
        guard let word = memory.readUInt32(address &+ UInt64(statusOffset)), let waitReason = waitReason(at: address),
            // The id again: `g` may have been given to another goroutine between the reads.
            goroutineID(at: address) == current
        else { return GoroutineState(.unknown) }
        guard current == id else { return GoroutineState(.ended) }
        let status = word & ~Self.scanBit
        guard status <= Self.deadExtra else { return GoroutineState(.unknown) }
        if status == Self.dead || status == Self.deadExtra { return GoroutineState(.ended) }
        return GoroutineState(.exists, status: UInt16(status), waitReason: UInt16(waitReason))
    }

    /// `nil`: unreadable. 0, which stands for no reason, where the field is not known.
    private func waitReason(at address: UInt64) -> UInt8? {
        layout.waitReason.map { memory.readUInt8(address &+ UInt64($0)) } ?? 0
    }

    /// The id of the goroutine at `g`; `nil`: unreadable. 0: none yet.
    public func goroutineID(at address: UInt64) -> UInt64? {
        memory.readUInt64(address &+ UInt64(layout.goroutineID))
    }
}
