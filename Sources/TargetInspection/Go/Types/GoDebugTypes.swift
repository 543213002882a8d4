// SPDX-License-Identifier: Apache-2.0
import CLibelf
import Glibc
import Synchronization

/// The structure types in a program's debugging information (DWARF), read by elfutils' libdw. A type is known by the
/// offset of its entry.
final class GoDebugTypes: GoStructureSource, Sendable {
    private struct Handle: ~Copyable {
        let elf: OpaquePointer
        let dwarf: OpaquePointer
        let structures: [String: UInt64]

        deinit {
            dwarf_end(dwarf)
            elf_end(elf)
        }
    }

    let origin = GoFieldOrigin.debugInformation
    private let file: ExecutableFile
    private let handle: Mutex<Handle>

    /// Uncompressed. A program with more is read by its type descriptors.
    private static let maximumBytes: UInt64 = 256 << 20
    private static let maximumFields = 4096
    /// Names that stand for other names, on the way to a type.
    private static let maximumNames = 8
    /// `DW_AT_go_kind` (cmd/internal/dwarf).
    private static let goKind: UInt32 = 0x2900

    /// `nil`: it has none that can be read.
    init?(image: ExecutableImage) {
        guard let bytes = Self.uncompressedSize(image), bytes > 0, bytes <= Self.maximumBytes else { return nil }
        file = image.file
        // Not mapped, as libdw itself would do: a file that shrinks meanwhile makes a short read, no signal.
        guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE),
            let elf = elf_begin(image.file.descriptor, ELF_C_READ, nil)
        else { return nil }
        guard let dwarf = dwarf_begin_elf(elf, DWARF_C_READ, nil) else {
            elf_end(elf)
            return nil
        }
        handle = Mutex(Handle(elf: elf, dwarf: dwarf, structures: Self.structures(in: dwarf)))
    }

    func structure(_ name: GoStructureName) -> UInt64? {
        let full = "\(GoPackagePath.escaped(name.package)).\(name.name)"
        return handle.withLock { $0.structures[full] }
    }

    func name(of type: UInt64) -> String? {
        withEntry(type) { entry in dwarf_diename(&entry).map { String(cString: $0) } }
    }

    func kind(of type: UInt64) -> GoKind? {
        withEntry(type) { entry in
            Self.number(Self.goKind, of: &entry).map { GoKind(rawValue: UInt8(truncatingIfNeeded: $0)) ?? .other }
        }
    }

    func size(of type: UInt64) -> UInt64? {
        withEntry(type) { entry in
            var size: Dwarf_Word = 0
            return dwarf_aggregate_size(&entry, &size) == 0 ? size : nil
        }
    }

    func element(of type: UInt64) -> UInt64? {
        withEntry(type) { entry in Self.type(of: &entry) }
    }

    func fields(of type: UInt64) -> [GoStructField]? {
        withEntry(type) { entry in
            var fields: [GoStructField] = []
            var member = Dwarf_Die()
            guard dwarf_child(&entry, &member) == 0 else { return fields }
            repeat {
                guard dwarf_tag(&member) == DW_TAG_member else { continue }
                guard let name = dwarf_diename(&member), let type = Self.type(of: &member),
                    let offset = Self.number(UInt32(DW_AT_data_member_location), of: &member)
                        .flatMap({ UInt32(exactly: $0) })
                else { return nil }
                fields.append(GoStructField(name: String(cString: name), type: type, offset: offset))
            } while fields.count < Self.maximumFields && Self.advance(&member)
            return fields
        }
    }

    private func withEntry<Result: Sendable>(_ type: UInt64, _ body: (inout Dwarf_Die) -> Result?) -> Result? {
        handle.withLock { handle in
            var entry = Dwarf_Die()
            guard dwarf_offdie(handle.dwarf, type, &entry) != nil else { return nil }
            return body(&entry)
        }
    }

    /// To the next entry of the same level; `false`: it is the last.
    private static func advance(_ entry: inout Dwarf_Die) -> Bool {
        var next = Dwarf_Die()
        guard dwarf_siblingof(&entry, &next) == 0 else { return false }
        entry = next
        return true
    }

    private static func number(_ attribute: UInt32, of entry: inout Dwarf_Die) -> UInt64? {
        var found = Dwarf_Attribute()
        var value: Dwarf_Word = 0
        guard dwarf_attr(&entry, attribute, &found) != nil, dwarf_formudata(&found, &value) == 0 else { return nil }
        return value
    }

    /// The type that an entry refers to, whatever it is called. A map is a name for a pointer, and is not followed.
    private static func type(of entry: inout Dwarf_Die) -> UInt64? {
        var found = Dwarf_Attribute()
        var type = Dwarf_Die()
        guard dwarf_attr(&entry, UInt32(DW_AT_type), &found) != nil, dwarf_formref_die(&found, &type) != nil else {
            return nil
        }
        for _ in 0..<maximumNames where dwarf_tag(&type) == DW_TAG_typedef && number(goKind, of: &type) == nil {
            var next = Dwarf_Die()
            guard dwarf_attr(&type, UInt32(DW_AT_type), &found) != nil, dwarf_formref_die(&found, &next) != nil else {
                return nil
            }
            type = next
        }
        return dwarf_dieoffset(&type)
    }

    /// Offsets of the outermost structure types by full name without type arguments.
    private static func structures(in dwarf: OpaquePointer) -> [String: UInt64] {
        var structures: [String: UInt64] = [:]
        var offset: Dwarf_Off = 0
        var next: Dwarf_Off = 0
        var headerSize = 0
        while dwarf_nextcu(dwarf, offset, &next, &headerSize, nil, nil, nil) == 0, next > offset {
            var unit = Dwarf_Die()
            var entry = Dwarf_Die()
            if dwarf_offdie(dwarf, offset &+ UInt64(headerSize), &unit) != nil, dwarf_child(&unit, &entry) == 0 {
                repeat {
                    if dwarf_tag(&entry) == DW_TAG_structure_type, let name = dwarf_diename(&entry) {
                        let full = String(String(cString: name).prefix { $0 != "[" })
                        if !full.isEmpty, structures[full] == nil { structures[full] = dwarf_dieoffset(&entry) }
                    }
                } while advance(&entry)
            }
            offset = next
        }
        return structures
    }

    /// Of all debugging information; 0: there is none; `nil`: its headers cannot be read.
    private static func uncompressedSize(_ image: ExecutableImage) -> UInt64? {
        var sum: UInt64 = 0
        for section in image.sections where section.name.hasPrefix(".debug_") || section.name.hasPrefix(".zdebug_") {
            var size = section.size
            if section.flags & ImageSection.compressed != 0 {  // Elf64_Chdr.ch_size
                guard let header = image.read(fileOffset: section.fileOffset, count: 24),
                    let uncompressed = ByteTable(header).uint64(at: 8)
                else { return nil }
                size = uncompressed
            } else if section.name.hasPrefix(".z") {  // "ZLIB" and the size, big-endian
                guard let header = image.read(fileOffset: section.fileOffset, count: 12) else { return nil }
                size = header.dropFirst(4).reduce(0) { $0 << 8 | UInt64($1) }
            }
            let (total, overflow) = sum.addingReportingOverflow(size)
            if overflow { return nil }
            sum = total
        }
        return sum
    }
}
