// SPDX-License-Identifier: Apache-2.0

/// Chooses the instructions of a function at which probes are cheap and fire exactly once a call.
public struct ProbePlacement: Sendable {
    private let image: ExecutableImage

    /// Larger functions are refused: they are generated tables, not pool code.
    private static let maximumFunctionSize: UInt64 = 4 << 20
    /// Go's stack check is at most six instructions.
    private static let prologueSize = 64
    /// `cmp 0x10(%r14),%rsp` and `cmp 0x10(%r14),%r12`: against `g.stackguard0`.
    private static let stackChecks: [[UInt8]] = [[0x49, 0x3b, 0x66, 0x10], [0x4d, 0x3b, 0x66, 0x10]]

    /// - Parameter image: the executable; a function's code is read when it is asked for.
    public init(image: ExecutableImage) { self.image = image }

    /// Where to observe the call of a Go function: its arguments are in registers as at its entry.
    ///
    /// The `push %rbp` that directly follows the stack check (Go 1.21 and later); else the `jbe` of the check; else the
    /// first instruction.
    public func entrySite(of function: GoFunction) throws(InspectionError) -> ProbeSite {
        let code = try self.code(of: function, limit: Self.prologueSize)
        var instructions: [Disassembler.Instruction] = []
        _ = Disassembler.decode(code, at: function.entry) { instruction in
            instructions.append(instruction)
            return instructions.count < 8
        }
        guard let first = instructions.first else { throw .undecodable(function.name, "its first byte is unknown") }
        guard let check = Self.stackCheck(in: instructions) else {
            let placement: ProbeSite.Placement = first.kind == .pushFramePointer ? .push : .entry
            return try site(first, of: function.entry, name: function.name, placement: placement)
        }
        if instructions.indices.contains(check + 1), instructions[check + 1].kind == .pushFramePointer {
            return try site(instructions[check + 1], of: function.entry, name: function.name, placement: .push)
        }
        return try site(instructions[check], of: function.entry, name: function.name, placement: .jbe)
    }

    /// Every return instruction of a Go function.
    ///
    /// - Throws: `undecodable` when the code could not be decoded to its end: a return might be missed.
    public func returnSites(of function: GoFunction) throws(InspectionError) -> [ProbeSite] {
        try returnSites(name: function.name, entry: function.entry, code: code(of: function, limit: .max))
    }

    /// Where to observe the call of a C function: the `push %rbp` at its start, perhaps after `endbr64`, else its first
    /// instruction.
    public func entrySite(of symbol: ImageSymbol) throws(InspectionError) -> ProbeSite {
        guard let code = image.read(address: symbol.address, count: 16) ?? image.read(address: symbol.address, count: 5)
        else { throw .undecodable(symbol.name, "it is outside of the file") }
        var instructions: [Disassembler.Instruction] = []
        _ = Disassembler.decode(code, at: symbol.address) { instruction in
            instructions.append(instruction)
            return instructions.count < 2
        }
        guard let first = instructions.first else { throw .undecodable(symbol.name, "its first byte is unknown") }
        if first.kind == .pushFramePointer {
            return try site(first, of: symbol.address, name: symbol.name, placement: .push)
        }
        if first.kind == .endBranch, instructions.count > 1, instructions[1].kind == .pushFramePointer {
            return try site(instructions[1], of: symbol.address, name: symbol.name, placement: .push)
        }
        return try site(first, of: symbol.address, name: symbol.name, placement: .entry)
    }

    /// Every return instruction of a C function whose size the symbol table states.
    public func returnSites(of symbol: ImageSymbol) throws(InspectionError) -> [ProbeSite] {
        guard symbol.size > 0, symbol.size <= Self.maximumFunctionSize,
            let code = image.read(address: symbol.address, count: Int(symbol.size))
        else { throw .undecodable(symbol.name, "its size is not known") }
        return try returnSites(name: symbol.name, entry: symbol.address, code: code)
    }

    /// Compares a site with the memory of a process that runs the executable.
    public func verify(_ site: ProbeSite, in memory: some ReadableMemory, bias: UInt64) -> ProbeSiteCheck {
        guard let found = memory.read(site.address &+ bias, count: site.bytes.count) else { return .unreadable }
        if found == site.bytes { return .matches }
        if found.first == 0xcc, found.dropFirst().elementsEqual(site.bytes.dropFirst()) { return .hasBreakpoint }
        return .differs(found)
    }

    /// The index of the `jbe` that ends Go's stack check; `nil`: the function has none.
    private static func stackCheck(in instructions: [Disassembler.Instruction]) -> Int? {
        for (index, instruction) in instructions.enumerated() {
            switch instruction.kind {
            case .jumpIfBelowOrEqual:
                return index > 0 && stackChecks.contains(instructions[index - 1].bytes) ? index : nil
            case .loadAddress, .compare, .move, .subtract, .jumpIfBelow: continue
            default: return nil
            }
        }
        return nil
    }

    private func code(of function: GoFunction, limit: Int) throws(InspectionError) -> [UInt8] {
        guard function.end > function.entry, function.end - function.entry <= Self.maximumFunctionSize else {
            throw .undecodable(function.name, "its size is not plausible")
        }
        let count = min(limit, Int(function.end - function.entry))
        guard let code = image.read(address: function.entry, count: count) else {
            throw .undecodable(function.name, "it is outside of the file")
        }
        return code
    }

    private func returnSites(name: String, entry: UInt64, code: [UInt8]) throws(InspectionError) -> [ProbeSite] {
        var returns: [Disassembler.Instruction] = []
        let end = Disassembler.decode(code, at: entry) { instruction in
            if instruction.kind == .ret { returns.append(instruction) }
            return true
        }
        guard let end else { throw .undecodable(name, "capstone cannot be used") }
        guard end == code.count else { throw .undecodable(name, "unknown instruction \(end) bytes from its start") }
        var sites: [ProbeSite] = []
        for instruction in returns { sites.append(try site(instruction, of: entry, name: name, placement: .ret)) }
        return sites
    }

    private func site(
        _ instruction: Disassembler.Instruction, of entry: UInt64, name: String, placement: ProbeSite.Placement
    ) throws(InspectionError) -> ProbeSite {
        let address = entry &+ UInt64(instruction.offset)
        guard let offset = image.fileOffset(ofAddress: address) else {
            throw .undecodable(name, "it is outside of the file")
        }
        return ProbeSite(address: address, fileOffset: offset, bytes: instruction.bytes, placement: placement)
    }
}
