// SPDX-License-Identifier: Apache-2.0

/// Reads, from outside, where a goroutine is that does not run: it waits, or is in a system call.
///
/// A goroutine that is to run or runs has no stack that could be read: its registers are in a thread, or about to be.
///
/// Unwinds as the runtime itself does (runtime/traceback.go): the size of each frame stands in the program's own table,
/// so that no frame pointer is needed. The target goes on meanwhile: what was read holds only if the goroutine was in the
/// same place before and after, and if its stack ends where all do, in `runtime.goexit`.
public struct GoroutineStack {
    private struct Place: Equatable {
        let low: UInt64
        let high: UInt64
        let stackPointer: UInt64
        let programCounter: UInt64
    }

    private let memory: any ReadableMemory
    private let layout: GoRuntimeLayout
    private let symbols: GoSymbolTable
    private let audit: GoroutineAudit
    private let bias: UInt64
    /// By address; the same call sites come again in every stack. `nil`: not Go code.
    private var frames: [UInt64: GoFrame?] = [:]

    private static let inSystemCall: UInt16 = 3
    private static let waiting: UInt16 = 4
    /// A deep recursion: its innermost part is enough to find the place.
    private static let maximumBytes: UInt64 = 1 << 18
    private static let maximumKnownFrames = 1 << 16

    /// - Parameter bias: `TargetProcess.loadBias`.
    public init(memory: any ReadableMemory, layout: GoRuntimeLayout, symbols: GoSymbolTable, bias: UInt64) {
        self.memory = memory
        self.layout = layout
        self.symbols = symbols
        self.bias = bias
        audit = GoroutineAudit(memory: memory, layout: layout)
    }

    /// The calls that a goroutine is in, as return addresses in the process, innermost first.
    ///
    /// `nil`: it runs, it went on meanwhile, or its stack is not whole.
    ///
    /// - Parameter state: of the goroutine, read just now: a goroutine that has left it has no stack here.
    /// - Parameter limit: a deeper stack is cut off at its outer end.
    public mutating func addresses(
        ofGoroutineAt address: UInt64, id: UInt64, in state: GoroutineState, limit: Int
    ) -> [UInt64]? {
        guard let place = place(ofGoroutineAt: address, state),
            let bytes = memory.read(
                place.stackPointer, count: Int(min(place.high - place.stackPointer, Self.maximumBytes))),
            let addresses = unwind(from: place, ByteTable(bytes), limit: limit),
            audit.state(ofGoroutineAt: address, id: id) == state, self.place(ofGoroutineAt: address, state) == place
        else { return nil }
        return addresses
    }

    private func place(ofGoroutineAt address: UInt64, _ state: GoroutineState) -> Place? {
        let offset: UInt32?
        switch state.status {
        case Self.waiting: offset = layout.scheduled
        case Self.inSystemCall: offset = layout.systemCall
        default: return nil
        }
        guard let stack = layout.stack, let offset,
            let bounds = memory.read(address &+ UInt64(stack), count: 16).map(ByteTable.init),
            let position = memory.read(address &+ UInt64(offset), count: 16).map(ByteTable.init),
            let low = bounds.uint64(at: 0), let high = bounds.uint64(at: 8),
            let stackPointer = position.uint64(at: 0), let programCounter = position.uint64(at: 8),
            low < high, (low..<high).contains(stackPointer)
        else { return nil }
        return Place(low: low, high: high, stackPointer: stackPointer, programCounter: programCounter)
    }

    private mutating func unwind(from place: Place, _ stack: ByteTable, limit: Int) -> [UInt64]? {
        var addresses: [UInt64] = []
        var address = place.programCounter
        var offset = 0
        while addresses.count < limit {
            addresses.append(address)
            guard let frame = frame(at: address) else { return nil }
            if frame.isOutermost { return addresses }
            offset += Int(frame.size)
            guard let caller = stack.uint64(at: offset) else {
                // Beyond what was read, but not beyond the stack: it is only deep.
                return UInt64(stack.count) == Self.maximumBytes ? addresses : nil
            }
            address = caller
            offset += 8
        }
        return addresses
    }

    private mutating func frame(at address: UInt64) -> GoFrame? {
        if let known = frames[address] { return known }
        let frame = symbols.frameLayout(at: address &- bias)
        // Addresses that are none would fill the table.
        if frames.count >= Self.maximumKnownFrames { frames.removeAll() }
        frames[address] = .some(frame)
        return frame
    }
}
