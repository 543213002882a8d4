// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The stacks and symbols of a trace. Both may come after the records that refer to them.
struct StackTable {
    private var addresses: [Int32: [UInt64]] = [:]
    private var frames: [UInt64: [StackFrame]] = [:]
    private var typeNames: [UInt64: String] = [:]

    mutating func add(_ stack: [UInt64], id: Int32) { addresses[id] = stack }

    mutating func add(_ symbols: [StackSymbol]) {
        for symbol in symbols {
            if let name = symbol.typeName { typeNames[symbol.address] = name }
            if !symbol.frames.isEmpty { frames[symbol.address] = symbol.frames }
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

    /// The name of the type of an error; `nil`: there is no error, or its type has no name in the trace.
    func errorType(_ address: UInt64) -> String? { typeNames[address] }

    func resolve(stackID: Int32) -> CallStack? { addresses[stackID].flatMap(resolve) }

    private func resolve(_ chain: [UInt64]) -> CallStack? {
        if chain.isEmpty { return nil }
        return CallStack(
            frames: chain.flatMap { address in
                let known = frames[address] ?? []
                return known.isEmpty ? [StackFrame(function: "0x" + String(address, radix: 16))] : known
            })
    }
}
