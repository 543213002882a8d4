// SPDX-License-Identifier: Apache-2.0

/// Go's own function table (`pclntab`) and the head of its module data, which survive `strip` and `-ldflags "-s -w"`.
///
/// All addresses are link-time addresses: take `TargetProcess.loadBias` off an address of the process.
public struct GoSymbolTable: Sendable {
    /// `nil` when it could not be found: types cannot be read and inlined calls cannot be told then.
    public let moduleData: GoModuleData?
    let functionCount: Int
    /// The link-time address that function entries are relative to.
    public let textStart: UInt64
    /// Link-time address of the table's header.
    public let tableAddress: UInt64

    let image: ExecutableImage
    let table: ByteTable
    let header: GoTableHeader

    /// - Parameter version: of `GoBuildInfo`; `nil`: not known, the layout of module data that fits is taken.
    /// - Throws: `notGo` without a table, `corrupt` when the start of Go's code cannot be determined.
    public init(image: ExecutableImage, version: GoVersion?) throws(InspectionError) {
        let location = try GoTableLocation(image: image)
        self.image = image
        table = location.table
        header = location.header
        tableAddress = location.address
        functionCount = location.header.functionCount
        moduleData = Self.findModuleData(image: image, location: location, version: version)
        // With cgo, Go's code does not start where .text does; from 1.26 on only the module data knows.
        let start = moduleData?.text ?? location.header.textStart
        guard start != 0 else { throw .corrupt(image.path, "Go's module data was not found") }
        textStart = start
    }

    /// From the first Go function to the end of the last.
    public var goTextRange: Range<UInt64> {
        let first = entry(at: 0) ?? textStart
        let last = entry(at: functionCount) ?? first
        return first..<max(first, last)
    }

    /// The entry of a function of the index; index `functionCount` is the end of the last.
    func entry(at index: Int) -> UInt64? {
        guard index >= 0, index <= functionCount else { return nil }
        return table.uint32(at: header.functions + 8 * index).map { textStart &+ UInt64($0) }
    }

    /// The offset in the table of a function's record (`runtime._func`).
    func record(at index: Int) -> Int? {
        guard index >= 0, index < functionCount else { return nil }
        return table.uint32(at: header.functions + 8 * index + 4).map { header.functions + Int($0) }
    }

    /// The name that a name offset stands for.
    func name(at offset: Int32) -> String? {
        guard offset >= 0 else { return nil }
        let start = header.names + Int(offset)
        return start < header.units ? table.string(at: start) : nil
    }

    func function(at index: Int) -> GoFunction? {
        guard let entry = self.entry(at: index), let end = self.entry(at: index + 1), end >= entry,
            let record = self.record(at: index), let name = table.int32(at: record + 4).flatMap(name(at:))
        else { return nil }
        return GoFunction(name: name, entry: entry, end: end)
    }

    /// The function whose code holds the address; `nil`: not Go code.
    public func function(containing address: UInt64) -> GoFunction? {
        index(containing: address).flatMap(function(at:))
    }

    /// Binary search in the index, which is sorted by entry.
    func index(containing address: UInt64) -> Int? {
        guard goTextRange.contains(address) else { return nil }
        var low = 0
        var high = functionCount
        while low + 1 < high {
            let middle = low + (high - low) / 2
            guard let entry = self.entry(at: middle) else { return nil }
            if entry <= address { low = middle } else { high = middle }
        }
        return low
    }
}
