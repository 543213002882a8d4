// SPDX-License-Identifier: Apache-2.0

/// An ELF executable on disk, of which nothing is believed: each offset and length is checked before use.
///
/// Addresses are link-time addresses. The address in a process is that plus `TargetProcess.loadBias`.
public final class ExecutableImage: Sendable {
    /// The path that was opened, such as `/proc/PID/exe`.
    public let path: String
    /// The program headers, in the order of the file.
    public let segments: [ImageSegment]
    /// Empty when the section headers were stripped (`sstrip`).
    public let sections: [ImageSection]
    /// `e_entry`.
    public let entryAddress: UInt64
    /// `ET_DYN`: a position-independent executable, or a shared library.
    public let isPositionIndependent: Bool
    /// The GNU build id in hex; `nil`: none, as in Go programs up to 1.23.
    public let buildID: String?
    /// Go's own build id (text); `nil`: none.
    public let goBuildID: String?

    let file: ExecutableFile

    /// - Throws: when the file cannot be read, is not ELF, is truncated, or is not for 64-bit x86.
    public init(path: String) throws(InspectionError) {
        let file = try ExecutableFile(path: path)
        let headers = try ImageHeaders(file: file)
        self.file = file
        self.path = path
        segments = headers.segments
        sections = headers.sections
        entryAddress = headers.entryAddress
        isPositionIndependent = headers.isPositionIndependent
        let notes = ImageNotes(file: file, segments: headers.segments, sections: headers.sections)
        buildID = notes.buildID
        goBuildID = notes.goBuildID
    }

    /// No `.symtab`. Go's own function table survives that.
    public var isStripped: Bool { !sections.contains { $0.type == ImageSection.symbolTable } }

    /// The program names a dynamic loader (`PT_INTERP`).
    public var hasInterpreter: Bool { segments.contains { $0.type == ImageSegment.interpreter } }

    /// No dynamic loader: libraries, if any, are inside the file.
    public var isStaticallyLinked: Bool { !hasInterpreter }

    /// The file's size in bytes.
    public var size: UInt64 { file.size }

    /// The first section with the name; `nil`: none.
    public func section(named name: String) -> ImageSection? { sections.first { $0.name == name } }

    /// Exactly `count` bytes of the file; `nil`: it does not have them.
    public func read(fileOffset: UInt64, count: Int) -> [UInt8]? { file.read(at: fileOffset, count: count) }

    /// Exactly `count` bytes at a link-time address, as the file has them (before relocation); `nil`: not in the file.
    public func read(address: UInt64, count: Int) -> [UInt8]? {
        guard count >= 0 else { return nil }
        for segment in segments {
            guard let available = segment.fileBytes(from: address) else { continue }
            guard UInt64(count) <= available else { return nil }
            return file.read(at: segment.fileOffset &+ (address - segment.address), count: count)
        }
        return nil
    }

    /// Where the file holds the byte of a link-time address; `nil`: it does not.
    public func fileOffset(ofAddress address: UInt64) -> UInt64? {
        for segment in segments where segment.fileBytes(from: address) != nil {
            let (offset, overflow) = segment.fileOffset.addingReportingOverflow(address - segment.address)
            return overflow || offset >= file.size ? nil : offset
        }
        return nil
    }

    /// The link-time address at which a byte of the file is mapped; `nil`: it is not.
    public func address(ofFileOffset offset: UInt64) -> UInt64? {
        for segment in segments where segment.isLoaded {
            if offset >= segment.fileOffset, offset - segment.fileOffset < segment.fileSize {
                return segment.address &+ (offset - segment.fileOffset)
            }
        }
        return nil
    }

    /// A section's bytes; `nil`: it has none in the file, or the file is truncated.
    public func bytes(of section: ImageSection) -> [UInt8]? {
        guard section.type != ImageSection.noBits, let count = Int(exactly: section.size) else { return nil }
        return file.read(at: section.fileOffset, count: count)
    }
}
