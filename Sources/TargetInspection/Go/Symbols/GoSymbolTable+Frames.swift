// SPDX-License-Identifier: Apache-2.0
public import TraceModel

extension GoSymbolTable {
    private static let noOffset = UInt32.max
    private static let inlineTreeIndexTable = 2  // abi.PCDATA_InlTreeIndex
    private static let inlineTreeData = 3  // abi.FUNCDATA_InlTree
    /// Deeper inlining than this is not believed.
    private static let maximumInlineDepth = 64
    /// More calls inlined into one function than this are not believed.
    private static let maximumInlinedCalls: Int32 = 1 << 16

    /// The calls that are active at an address, innermost first: more than one where the compiler inlined.
    ///
    /// Follows `runtime.inlineUnwinder` (runtime/symtabinl.go). Empty: not Go code.
    ///
    /// - Parameter address: a link-time address.
    /// - Parameter isReturnAddress: the address is that after a call: the call itself is looked up.
    public func frames(at address: UInt64, isReturnAddress: Bool) -> [StackFrame] {
        let target = isReturnAddress ? address &- 1 : address
        guard let index = index(containing: target), let record = self.record(at: index),
            let entry = self.entry(at: index),
            let outermost = function(at: index)
        else { return [] }
        var frames: [StackFrame] = []
        var offset = target &- entry
        while let treeIndex = inlineTreeIndex(record: record, offset: offset),
            let call = inlinedCall(record: record, index: treeIndex), frames.count < Self.maximumInlineDepth
        {
            frames.append(frame(call.name, record: record, offset: offset))
            offset = call.parentOffset
        }
        frames.append(frame(outermost.name, record: record, offset: offset))
        return frames
    }

    private func frame(_ name: String, record: Int, offset: UInt64) -> StackFrame {
        let line = table.uint32(at: record + 24).flatMap { value(table: $0, offset: offset) }
        return StackFrame(
            function: name, file: file(record: record, offset: offset), line: line.flatMap { $0 > 0 ? Int($0) : nil })
    }

    private func file(record: Int, offset: UInt64) -> String? {
        guard let number = table.uint32(at: record + 20).flatMap({ value(table: $0, offset: offset) }), number >= 0,
            let unit = table.uint32(at: record + 32)
        else { return nil }
        let place = header.units + 4 * (Int(unit) + Int(number))
        guard place < header.files, let name = table.uint32(at: place), name != Self.noOffset else { return nil }
        return table.string(at: header.files + Int(name))
    }

    private func inlineTreeIndex(record: Int, offset: UInt64) -> Int? {
        guard let count = table.uint32(at: record + 28), count > Self.inlineTreeIndexTable,
            let start = table.uint32(at: record + header.format.functionSize + 4 * Self.inlineTreeIndexTable),
            let index = value(table: start, offset: offset), index >= 0
        else { return nil }
        return Int(index)
    }

    private func inlinedCall(record: Int, index: Int) -> (name: String, parentOffset: UInt64)? {
        guard let call = inlinedEntry(record: record, index: index) else { return nil }
        let layout = header.format.inlinedCall
        guard let name = call.int32(at: layout.name).flatMap(name(at:)), let parent = call.int32(at: layout.parentPC),
            parent >= 0
        else { return nil }
        return (name, UInt64(parent))
    }

    /// The offset of the name of a call that was inlined into a function.
    func inlinedName(record: Int, index: Int) -> Int32? {
        inlinedEntry(record: record, index: index)?.int32(at: header.format.inlinedCall.name)
    }

    /// How many calls were inlined into a function; `nil`: none.
    func inlinedCallCount(record: Int) -> Int? {
        guard let count = table.uint32(at: record + 28), count > Self.inlineTreeIndexTable,
            let start = table.uint32(at: record + header.format.functionSize + 4 * Self.inlineTreeIndexTable),
            start != 0
        else { return nil }
        var largest: Int32 = -1
        forEachValue(table: start) { value, _ in
            largest = max(largest, value)
            return true
        }
        return largest >= 0 && largest < Self.maximumInlinedCalls ? Int(largest) + 1 : nil
    }

    /// An entry of a function's inline tree (`runtime.inlinedCall`).
    private func inlinedEntry(record: Int, index: Int) -> ByteTable? {
        let size = header.format.functionSize
        guard let functionData = moduleData?.functionData, let pcDataCount = table.uint32(at: record + 28),
            let dataCount = table.uint8(at: record + size - 1), dataCount > Self.inlineTreeData,
            let tree = table.uint32(at: record + size + 4 * (Int(pcDataCount) + Self.inlineTreeData)),
            tree != Self.noOffset
        else { return nil }
        let layout = header.format.inlinedCall
        let address = functionData &+ UInt64(tree) &+ UInt64(layout.size * index)
        return image.read(address: address, count: layout.size).map { ByteTable($0) }
    }

    /// The value of a PC-value table at an offset from the function's entry; `nil`: the table does not say.
    func value(table start: UInt32, offset: UInt64) -> Int32? {
        guard start != 0 else { return nil }
        var found: Int32?
        forEachValue(table: start) { value, end in
            if offset < end { found = value }
            return offset >= end
        }
        return found
    }

    /// Each value of a PC-value table in order, with the offset from the function's entry at which it ends
    /// (`runtime.pcvalue`): pairs of a zigzag difference of the value and of the number of bytes for which it holds.
    ///
    /// - Parameter body: `false`: enough.
    private func forEachValue(table start: UInt32, _ body: (Int32, UInt64) -> Bool) {
        var place = header.pcValues + Int(start)
        var value: Int32 = -1
        var end: UInt64 = 0
        var isFirst = true
        while let difference = table.variableLengthNumber(at: place), difference.value != 0 || isFirst,
            let run = table.variableLengthNumber(at: difference.next)
        {
            let zigzag = UInt32(truncatingIfNeeded: difference.value)
            value = value &+ Int32(bitPattern: (zigzag >> 1) ^ (0 &- (zigzag & 1)))
            end = end &+ run.value
            guard body(value, end) else { return }
            place = run.next
            isFirst = false
        }
    }
}
