// SPDX-License-Identifier: Apache-2.0

/// What the Go linker wrote about the build (`debug/buildinfo`): present in stripped programs too.
public struct GoBuildInfo: Sendable, Equatable {
    /// Such as `go1.24.11`.
    public let version: String
    /// The path of the main package; `command-line-arguments` when files were given.
    public private(set) var path: String?
    /// The main module's path; `nil`: built without modules.
    public private(set) var mainModule: String?
    /// Versions by module path, the main module included. A replaced module is listed under its original path with the
    /// replacement's version. Empty when built without modules.
    public private(set) var modules: [String: String] = [:]
    /// Such as `-buildmode`, `CGO_ENABLED`, `GOARCH`.
    public private(set) var settings: [String: String] = [:]

    /// `nil` when the version text is not of a known form.
    public var goVersion: GoVersion? { GoVersion(version) }

    /// `\xff Go buildinf:`
    private static let magic: [UInt8] = [0xff] + Array(" Go buildinf:".utf8)
    private static let headerSize = 32
    /// Longer module lists than this are not believed.
    private static let maximumText = 4 << 20

    /// - Throws: `notGo` when the program has no build information, `corrupt` when it cannot be read.
    public init(image: ExecutableImage) throws(InspectionError) {
        guard let start = Self.locate(in: image) else { throw .notGo(image.path, "build information") }
        guard let header = image.read(address: start, count: Self.headerSize), let flags = header[safe: 15] else {
            throw .corrupt(image.path, "the Go build information ends too early")
        }
        // Bit 1: strings follow the header (Go 1.18). Before, it held pointers; those versions are not supported.
        guard flags & 2 != 0 else {
            throw .unsupportedGo(image.path, "it was built by Go 1.17 or older")
        }
        let table = ByteTable(Self.bytes(following: start &+ UInt64(Self.headerSize), in: image))
        guard let version = Self.string(in: table, at: 0),
            let modules = Self.string(in: table, at: version.next)
        else { throw .corrupt(image.path, "the Go build information ends too early") }
        self.version = String(decoding: version.bytes, as: UTF8.self)
        // The module text is framed by two 16-byte marks (cmd/go/internal/modload.ModInfoData).
        if modules.bytes.count > 33 {
            readModules(String(decoding: modules.bytes.dropFirst(16).dropLast(16), as: UTF8.self))
        }
    }

    private static func bytes(following address: UInt64, in image: ExecutableImage) -> [UInt8] {
        guard let segment = image.segments.first(where: { $0.fileBytes(from: address) != nil }),
            let available = segment.fileBytes(from: address)
        else { return [] }
        return image.read(address: address, count: Int(min(available, UInt64(maximumText)))) ?? []
    }

    private static func string(in table: ByteTable, at offset: Int) -> (bytes: ArraySlice<UInt8>, next: Int)? {
        guard let length = table.variableLengthNumber(at: offset), length.value <= UInt64(maximumText) else {
            return nil
        }
        let end = length.next + Int(length.value)
        return end <= table.count ? (table.bytes[length.next..<end], end) : nil
    }

    private mutating func readModules(_ text: String) {
        var replaced: String?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard words.count >= 2 else { continue }
            switch words[0] {
            case "path": path = words[1]
            case "mod", "dep":
                modules[words[1]] = words.count > 2 ? words[2] : ""
                replaced = words[1]
                if words[0] == "mod" { mainModule = words[1] }
            case "=>":
                if let module = replaced, words.count > 2, !words[2].isEmpty { modules[module] = words[2] }
            case "build":
                let setting = words[1].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if setting.count == 2 { settings[String(setting[0])] = String(setting[1]) }
            default: break
            }
        }
    }

    /// The link-time address of the header: in its own section, else at a 16-byte boundary of a loaded segment, where
    /// `debug/buildinfo` looks for it too.
    private static func locate(in image: ExecutableImage) -> UInt64? {
        if let section = image.section(named: ".go.buildinfo"),
            image.read(address: section.address, count: magic.count) == magic
        {
            return section.address
        }
        let word = magic.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        for segment in image.segments where segment.isLoaded && !segment.isExecutable {
            guard let count = Int(exactly: segment.fileSize),
                let bytes = image.read(fileOffset: segment.fileOffset, count: count)
            else { continue }
            let table = ByteTable(bytes)
            var next = 0
            while let offset = table.firstOffset(of: word, alignment: 16, from: next) {
                if table.bytes[offset...].starts(with: magic) { return segment.address &+ UInt64(offset) }
                next = offset + 16
            }
        }
        return nil
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
