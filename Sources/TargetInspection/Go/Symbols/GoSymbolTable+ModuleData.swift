// SPDX-License-Identifier: Apache-2.0

extension GoSymbolTable {
    /// Finds `runtime.firstmoduledata`: its first two words are the address of the function table and of its names.
    ///
    /// In a position-independent program both may be known from relocations only.
    static func findModuleData(
        image: ExecutableImage, location: GoTableLocation, version: GoVersion?
    ) -> GoModuleData? {
        let first = location.address
        let second = first &+ UInt64(location.header.names)
        let relocations = image.isPositionIndependent ? image.relocationTable() : ByteTable([])
        for address in relocatedPairs(first, second, image: image, table: relocations)
            + storedPairs(first, second, image: image)
        {
            if let bytes = image.relocatedBytes(address: address, count: GoModuleData.readSize, table: relocations),
                let data = GoModuleData(bytes: bytes, address: address, version: version, image: image),
                isPlausible(data, location: location, image: image)
            {
                return data
            }
        }
        return nil
    }

    /// The text start of the header must agree, where it is set.
    private static func isPlausible(_ data: GoModuleData, location: GoTableLocation, image: ExecutableImage) -> Bool {
        let stated = location.header.textStart
        return stated == 0 || image.isPositionIndependent || stated == data.text
    }

    private static func relocatedPairs(
        _ first: UInt64, _ second: UInt64, image: ExecutableImage, table: ByteTable
    ) -> [UInt64] {
        let hits = image.relativeRelocations(in: table) { $0.addend == first || $0.addend == second }
        let seconds = Set(hits.filter { $0.addend == second }.map(\.address))
        return hits.filter { $0.addend == first && seconds.contains($0.address &+ 8) }.map(\.address)
    }

    private static func storedPairs(_ first: UInt64, _ second: UInt64, image: ExecutableImage) -> [UInt64] {
        let sections = [".go.module", ".noptrdata", ".data"].compactMap { image.section(named: $0) }
            .map { ($0.address, $0.fileOffset, $0.size) }
        let segments = image.segments.filter { $0.isLoaded && !$0.isExecutable }
            .map { ($0.address, $0.fileOffset, $0.fileSize) }
        for (address, fileOffset, size) in sections + segments {
            guard let count = Int(exactly: size), let bytes = image.read(fileOffset: fileOffset, count: count) else {
                continue
            }
            let table = ByteTable(bytes)
            var next = 0
            while let offset = table.firstOffset(of: first, alignment: 8, from: next) {
                if table.uint64(at: offset + 8) == second { return [address &+ UInt64(offset)] }
                next = offset + 8
            }
        }
        return []
    }
}
