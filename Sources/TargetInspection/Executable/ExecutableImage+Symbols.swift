// SPDX-License-Identifier: Apache-2.0

extension ExecutableImage {
    /// The defined symbols with these names, from `.symtab` and `.dynsym`; the first of each name.
    ///
    /// Empty for a stripped, statically linked program.
    public func symbols(named names: Set<String>) -> [String: ImageSymbol] {
        var found: [String: ImageSymbol] = [:]
        for table in sections
        where table.type == ImageSection.symbolTable || table.type == ImageSection.dynamicSymbolTable {
            guard sections.indices.contains(Int(table.link)), let entries = bytes(of: table),
                let strings = bytes(of: sections[Int(table.link)])
            else { continue }
            collect(names, from: ByteTable(entries), strings: ByteTable(strings), into: &found)
        }
        return found
    }

    /// The defined symbol with the name; `nil`: none.
    public func symbol(named name: String) -> ImageSymbol? { symbols(named: [name])[name] }

    private func collect(
        _ names: Set<String>, from entries: ByteTable, strings: ByteTable, into found: inout [String: ImageSymbol]
    ) {
        // Elf64_Sym: st_name 0, st_info 4, st_shndx 6, st_value 8, st_size 16; 24 bytes.
        for entry in stride(from: 0, to: entries.count - 23, by: 24) {
            guard let nameOffset = entries.uint32(at: entry), let info = entries.uint8(at: entry + 4),
                let sectionIndex = entries.uint16(at: entry + 6), sectionIndex != 0,
                let address = entries.uint64(at: entry + 8), let size = entries.uint64(at: entry + 16),
                let name = strings.string(at: Int(nameOffset)), names.contains(name), found[name] == nil
            else { continue }
            found[name] = ImageSymbol(name: name, address: address, size: size, isFunction: info & 15 == 2)
        }
    }
}
