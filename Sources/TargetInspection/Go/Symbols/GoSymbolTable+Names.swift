// SPDX-License-Identifier: Apache-2.0
import Glibc

extension GoSymbolTable {
    /// Every function with the name; more than one for a generic function, and for one with an assembly body.
    ///
    /// See `functions(named:)` of several names for the form of names.
    public func functions(named name: String) -> [GoFunction] { functions(named: [name])[name] ?? [] }

    /// Every function with one of the names, by the name that was asked for, in order of address.
    ///
    /// `pkg.(*Pool).Get` and `pkg.(*Pool[...]).Get` both stand for each instance of a generic function, and for vendored
    /// copies.
    public func functions(named names: [String]) -> [String: [GoFunction]] {
        occurrences(of: names).mapValues(\.functions)
    }

    /// What became of functions in the program, by the name that was asked for.
    ///
    /// One pass over the names and one over the functions, whatever the number of names; hardly any name is copied.
    public func occurrences(of names: [String]) -> [String: GoFunctionOccurrence] {
        let wanted = names.map(GoFunctionName.init)
        let offsets = nameOffsets(of: wanted)
        var found: [String: GoFunctionOccurrence] = [:]
        for position in offsets.values.joined() { found[wanted[position].text] = GoFunctionOccurrence() }
        guard !offsets.isEmpty else { return found }
        for (index, offset) in functionsWithNames(Set(offsets.keys)) {
            guard let function = function(at: index), function.end > function.entry else { continue }
            for position in offsets[offset] ?? [] { found[wanted[position].text]?.functions.append(function) }
        }
        return found
    }

    /// Name offsets by which a wanted name is known, with the positions of those wanted.
    func nameOffsets(of wanted: [GoFunctionName]) -> [Int32: [Int]] {
        let lengths = Set(wanted.map(\.exactLength))
        var hasLength = [Bool](repeating: false, count: (lengths.max() ?? 0) + 1)
        for length in lengths { hasLength[length] = true }
        let marks = [UInt8(ascii: "["), UInt8(ascii: "%")].map(Int32.init)
        var offsets: [Int32: [Int]] = [:]
        table.bytes.withUnsafeBytes { buffer in
            let names = UnsafeRawBufferPointer(rebasing: buffer[header.names..<header.units])
            guard let base = names.baseAddress else { return }
            var start = 0
            while start < names.count, let zero = memchr(base + start, 0, names.count - start) {
                let length = UnsafeRawPointer(zero) - (base + start)
                let candidate = UnsafeRawBufferPointer(start: base + start, count: length)
                let isSpecial =
                    marks.contains { memchr(base + start, $0, length) != nil }
                    || Self.mayBeVendored(candidate) && GoFunctionName.isSpecial(candidate)
                if isSpecial || length < hasLength.count && hasLength[length] {
                    let hits = wanted.indices.filter { wanted[$0].matches(candidate, isSpecial: isSpecial) }
                    if !hits.isEmpty, let offset = Int32(exactly: start) { offsets[offset] = hits }
                }
                start += length + 1
            }
        }
        return offsets
    }

    private static func mayBeVendored(_ name: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while start + 7 <= name.count, let base = name.baseAddress,
            let found = memchr(base + start, Int32(UInt8(ascii: "v")), name.count - 6 - start)
        {
            if memcmp(found, "vendor/", 7) == 0 { return true }
            start = UnsafeRawPointer(found) - base + 1
        }
        return false
    }

    private func functionsWithNames(_ offsets: Set<Int32>) -> [(index: Int, nameOffset: Int32)] {
        table.bytes.withUnsafeBytes { buffer in
            var found: [(Int, Int32)] = []
            for index in 0..<functionCount {
                let place = header.functions + 8 * index + 4
                guard place <= buffer.count - 4 else { break }
                let record = header.functions + Int(buffer.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                guard record <= buffer.count - 8 else { continue }
                let name = buffer.loadUnaligned(fromByteOffset: record + 4, as: Int32.self)
                if offsets.contains(name) { found.append((index, name)) }
            }
            return found
        }
    }
}
