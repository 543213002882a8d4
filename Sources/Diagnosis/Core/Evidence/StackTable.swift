// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The stacks and symbols of a trace. Both may come after the records that refer to them.
///
/// The kernel's stacks are as many as its map has room for. Those that the recorder reads of holders have no end: the ones
/// that no audit has met for the longest go.
struct StackTable {
    private struct HolderStack {
        var addresses: [UInt64]
        /// Counts up with each use.
        var usedAt: UInt64
    }

    /// More than the kernel's map has room for, and half of it is what the recorder remembers (`UserStackCollector`).
    static let limit = 65_536

    private var addresses: [Int32: [UInt64]] = [:]
    private var ofHolders: [Int32: HolderStack] = [:]
    private var uses: UInt64 = 0
    /// Stacks that there was no room for.
    private(set) var unlisted: UInt64 = 0
    private var frames: [UInt64: [StackFrame]] = [:]
    private var typeNames: [UInt64: String] = [:]
    /// As the plan lists them.
    var libraries: [String] = [] {
        didSet { if libraries != oldValue { frames = frames.mapValues(classified) } }
    }

    var count: Int { addresses.count + ofHolders.count }

    mutating func add(_ stack: [UInt64], id: Int32) {
        guard id < Int32(PS_FIRST_OWN_STACK_ID) else { return addOfHolder(stack, id: id) }
        if addresses[id] == nil, addresses.count >= Self.limit { unlisted &+= 1 } else { addresses[id] = stack }
    }

    private mutating func addOfHolder(_ stack: [UInt64], id: Int32) {
        uses &+= 1
        if ofHolders[id] == nil, ofHolders.count >= Self.limit {
            let oldest = ofHolders.map { (id: $0.key, usedAt: $0.value.usedAt) }.sorted { $0.usedAt < $1.usedAt }
            for entry in oldest.prefix(Self.limit / 2) { ofHolders.removeValue(forKey: entry.id) }
        }
        ofHolders[id] = HolderStack(addresses: stack, usedAt: uses)
    }

    /// A holder is there.
    mutating func use(_ id: Int32) {
        guard id >= Int32(PS_FIRST_OWN_STACK_ID) else { return }
        uses &+= 1
        ofHolders[id]?.usedAt = uses
    }

    mutating func add(_ symbols: [StackSymbol]) {
        for symbol in symbols {
            if let name = symbol.typeName { typeNames[symbol.address] = name }
            if !symbol.frames.isEmpty { frames[symbol.address] = classified(symbol.frames) }
        }
    }

    private func classified(_ frames: [StackFrame]) -> [StackFrame] {
        frames.map { frame in
            var frame = frame
            frame.origin = FrameOrigin(function: frame.function, libraries: libraries)
            return frame
        }
    }

    /// The frames of an acquiring stack; `nil`: neither a stack nor a caller is known.
    ///
    /// At a probe on the first instructions of a function its frame pointer is not set up yet, so the unwinder skips the
    /// immediate caller; the return address fills the gap.
    func resolve(_ key: SiteKey, pointAddress: UInt64?) -> CallStack? {
        var chain = addresses[key.stackID] ?? pointAddress.map { [$0] } ?? []
        if key.caller != 0, !chain.prefix(3).contains(key.caller) {
            chain.insert(key.caller, at: min(1, chain.count))
        }
        return resolve(chain)
    }

    /// The name of the type of an error, or of the variable with an error's value; `nil`: it has none in the trace.
    func errorType(_ address: UInt64) -> String? { typeNames[address] }

    func resolve(stackID: Int32) -> CallStack? {
        (addresses[stackID] ?? ofHolders[stackID]?.addresses).flatMap(resolve)
    }

    private func resolve(_ chain: [UInt64]) -> CallStack? {
        if chain.isEmpty { return nil }
        return CallStack(
            frames: chain.flatMap { address in
                let known = frames[address] ?? []
                return known.isEmpty ? [StackFrame(function: "0x" + String(address, radix: 16))] : known
            })
    }
}
