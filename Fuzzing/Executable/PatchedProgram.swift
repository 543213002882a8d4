// SPDX-License-Identifier: Apache-2.0
import Glibc
@testable import TargetInspection

/// A copy of a Go program that is changed for each input and put right after it.
final class PatchedProgram: Sendable {
    private let path: String
    private let descriptor: CInt
    private let original: [UInt8]
    /// The ELF header and segments, section headers, build information, the function table's head and index, and the
    /// module data: random changes to the rest seldom meet them.
    private let regions: [Range<Int>]

    init() {
        guard let name = getenv("POOLSCOPE_FUZZ_PROGRAM").map({ String(cString: $0) }),
            let image = try? ExecutableImage(path: name), let bytes = image.read(fileOffset: 0, count: Int(image.size)),
            let symbols = try? GoSymbolTable(image: image, version: nil), let file = tmpfile()
        else { preconditionFailure("POOLSCOPE_FUZZ_PROGRAM must name a Go program") }
        original = bytes
        descriptor = fileno(file)
        path = "/proc/self/fd/\(descriptor)"
        precondition(pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, "the program cannot be copied")
        let sections = image.section(named: ".go.buildinfo").map { Int($0.fileOffset) }
        let tables = [symbols.tableAddress, symbols.moduleData?.address].compactMap { $0 }
            .compactMap { image.fileOffset(ofAddress: $0) }.map(Int.init)
        let index = tables.first.map { $0 + symbols.header.functions }
        let starts = [0, 64, bytes.count - 4096] + [sections, index].compactMap { $0 } + tables
        regions = starts.map { max(0, $0)..<min(bytes.count, max(0, $0) + 4096) }
    }

    /// Makes the changes, calls `body` with the changed program, and takes them back.
    func with(_ changes: [Change], _ body: (_ path: String) -> Void) {
        let touched = changes.map(place)
        for (change, range) in zip(changes, touched) {
            write(Array(change.bytes.prefix(range.count)), at: range.lowerBound)
        }
        body(path)
        for range in touched { write(Array(original[range]), at: range.lowerBound) }
    }

    private func place(of change: Change) -> Range<Int> {
        let number = change.region % (regions.count + 1)
        let isAnywhere = number == regions.count
        let region = isAnywhere ? 0..<original.count : regions[number]
        let spread = isAnywhere ? original.count >> 16 + 1 : 1
        let start = region.lowerBound + (change.offset * spread) % max(1, region.count)
        return start..<min(original.count, start + change.bytes.count)
    }

    private func write(_ bytes: [UInt8], at offset: Int) {
        precondition(pwrite(descriptor, bytes, bytes.count, offset) == bytes.count, "the program cannot be changed")
    }
}
