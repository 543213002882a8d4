// SPDX-License-Identifier: Apache-2.0
import CLibelf
import Glibc

/// The ELF, program and section headers of a file, read by libelf.
struct ImageHeaders {
    var segments: [ImageSegment] = []
    var sections: [ImageSection] = []
    var entryAddress: UInt64 = 0
    var isPositionIndependent = false

    /// More than any linker writes; keeps a forged count from costing memory.
    private static let maximumHeaders = 65_536

    init(file: ExecutableFile) throws(InspectionError) {
        guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else {
            throw .corrupt(file.path, "libelf is older than the ELF format of its headers")
        }
        guard let elf = elf_begin(file.descriptor, ELF_C_READ, nil) else { throw .notELF(file.path) }
        defer { elf_end(elf) }
        guard elf_kind(elf) == ELF_K_ELF else { throw .notELF(file.path) }
        try readFileHeader(elf, path: file.path)
        try readSegments(elf, file: file)
        readSections(elf)
    }

    private mutating func readFileHeader(_ elf: OpaquePointer, path: String) throws(InspectionError) {
        guard gelf_getclass(elf) == Int32(ELFCLASS64) else { throw .unsupportedMachine(path, "a 32-bit machine") }
        var header = GElf_Ehdr()
        guard gelf_getehdr(elf, &header) != nil else { throw .corrupt(path, "the ELF header ends too early") }
        guard header.e_machine == UInt16(EM_X86_64) else {
            let name = header.e_machine == UInt16(EM_AARCH64) ? "arm64" : "ELF machine \(header.e_machine)"
            throw .unsupportedMachine(path, name)
        }
        guard header.e_type == UInt16(ET_EXEC) || header.e_type == UInt16(ET_DYN) else {
            throw .notELF(path)
        }
        entryAddress = header.e_entry
        isPositionIndependent = header.e_type == UInt16(ET_DYN)
    }

    private mutating func readSegments(_ elf: OpaquePointer, file: ExecutableFile) throws(InspectionError) {
        var count = 0
        guard elf_getphdrnum(elf, &count) == 0, count > 0, count <= Self.maximumHeaders else {
            throw .corrupt(file.path, "it has no program headers")
        }
        for index in 0..<count {
            var header = GElf_Phdr()
            guard gelf_getphdr(elf, Int32(index), &header) != nil else {
                throw .corrupt(file.path, "program header \(index) is outside of the file")
            }
            let segment = ImageSegment(
                type: header.p_type, flags: header.p_flags, fileOffset: header.p_offset, address: header.p_vaddr,
                fileSize: header.p_filesz, memorySize: header.p_memsz)
            let (fileEnd, fileOverflow) = segment.fileOffset.addingReportingOverflow(segment.fileSize)
            let (_, addressOverflow) = segment.address.addingReportingOverflow(segment.memorySize)
            if segment.isLoaded, fileOverflow || addressOverflow || fileEnd > file.size {
                throw .corrupt(file.path, "segment \(index) is outside of the file")
            }
            segments.append(segment)
        }
        guard segments.contains(where: \.isLoaded) else { throw .corrupt(file.path, "no segment is loaded") }
    }

    /// Section headers are optional: a file whose section headers are wrong is read by its segments alone.
    private mutating func readSections(_ elf: OpaquePointer) {
        var names = 0
        guard elf_getshdrstrndx(elf, &names) == 0 else { return }
        var current = elf_nextscn(elf, nil)
        while let section = current, sections.count < Self.maximumHeaders {
            current = elf_nextscn(elf, section)
            var header = GElf_Shdr()
            // Index 0 is the null section, which elf_nextscn leaves out: keep `link` an index into `sections`.
            if sections.isEmpty { sections.append(Self.nullSection) }
            guard gelf_getshdr(section, &header) != nil else {
                sections.append(Self.nullSection)
                continue
            }
            let name = elf_strptr(elf, names, Int(header.sh_name)).map { String(cString: $0) } ?? ""
            sections.append(
                ImageSection(
                    name: name, type: header.sh_type, flags: header.sh_flags, address: header.sh_addr,
                    fileOffset: header.sh_offset, size: header.sh_size, link: header.sh_link))
        }
    }

    private static let nullSection = ImageSection(
        name: "", type: 0, flags: 0, address: 0, fileOffset: 0, size: 0, link: 0)
}
