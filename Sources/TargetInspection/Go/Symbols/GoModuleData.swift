// SPDX-License-Identifier: Apache-2.0

/// The fields of `runtime.firstmoduledata` (runtime/symtab.go) that are read here. All addresses are link-time ones.
public struct GoModuleData: Sendable, Equatable {
    /// Of the structure itself.
    public let address: UInt64
    /// First byte of Go code, and the first after it.
    let text: UInt64
    let textEnd: UInt64
    /// The run-time type descriptors; names of types are offsets from `types`.
    let types: UInt64
    let typesEnd: UInt64
    /// The base of function data (`go:func.*`), which holds the inline trees.
    let functionData: UInt64
    /// The array of `*itab` and its length; `nil`: this Go version keeps none (1.27), or the version is not known.
    let itabLinks: UInt64?
    let itabLinkCount: UInt64?

    /// Bytes of the structure that hold all of these fields, in every version.
    static let readSize = 408

    private static let textStart = 176
    private static let textStop = 184

    /// Where its fields are that are read, by name. The first two are what it is found by.
    static func places(_ layout: GoModuleLayout) -> [(String, Int)] {
        [
            ("pcHeader", 0), ("funcnametab.array", 8), ("text", textStart), ("etext", textStop),
            ("types", layout.types), ("etypes", layout.typesEnd), ("gofunc", layout.functionData),
        ]
    }

    /// - Parameter bytes: the structure, relocated for a load bias of 0.
    /// - Parameter version: `nil`: not known; the layout that fits is taken.
    /// - Returns: `nil` when what the fields say is not in the file.
    init?(bytes: ByteTable, address: UInt64, version: GoVersion?, image: ExecutableImage) {
        let layouts = version.map { [GoModuleLayout(version: $0)] } ?? GoModuleLayout.all
        guard let text = bytes.uint64(at: Self.textStart), let textEnd = bytes.uint64(at: Self.textStop),
            text < textEnd,
            image.fileOffset(ofAddress: text) != nil
        else { return nil }
        for layout in layouts {
            guard let types = bytes.uint64(at: layout.types), let typesEnd = bytes.uint64(at: layout.typesEnd),
                types < typesEnd, image.fileOffset(ofAddress: types) != nil,
                let functionData = bytes.uint64(at: layout.functionData),
                image.fileOffset(ofAddress: functionData) != nil
            else { continue }
            self.address = address
            self.text = text
            self.textEnd = textEnd
            self.types = types
            self.typesEnd = typesEnd
            self.functionData = functionData
            let links = version == nil ? nil : layout.itabLinks
            itabLinks = links.flatMap { bytes.uint64(at: $0) }
            itabLinkCount = links.flatMap { bytes.uint64(at: $0 + 8) }
            return
        }
        return nil
    }
}
