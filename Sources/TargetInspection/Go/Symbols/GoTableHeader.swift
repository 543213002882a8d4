// SPDX-License-Identifier: Apache-2.0

/// The header of Go's function table (`runtime.pcHeader`, runtime/symtab.go), of Go 1.18 and later, 64-bit x86.
struct GoTableHeader {
    enum Format: Sendable {
        /// Magic 0xfffffff0.
        case go118
        /// Magic 0xfffffff1, unchanged up to 1.27.
        case go120

        /// `_func` without its variable part: 1.20 added `startLine`.
        var functionSize: Int { self == .go118 ? 40 : 44 }
        /// `inlinedCall`: where the name and the parent's PC are, and its size.
        var inlinedCall: (size: Int, name: Int, parentPC: Int) { self == .go118 ? (20, 12, 16) : (16, 4, 8) }
    }

    let format: Format
    let functionCount: Int
    /// 0 from Go 1.26 on; `moduledata.text` has it then.
    let textStart: UInt64
    let names: Int
    let units: Int
    let files: Int
    let pcValues: Int
    let functions: Int

    /// The first eight bytes: magic, two zeros, instruction quantum 1, pointer size 8.
    static let magic118: UInt64 = 0x0801_0000_ffff_fff0
    static let magic120: UInt64 = 0x0801_0000_ffff_fff1
    static let size = 72

    /// `nil`: no header there, or one whose parts lie outside of the table.
    init?(_ table: ByteTable, at start: Int = 0) {
        switch table.uint64(at: start) {
        case Self.magic118: format = .go118
        case Self.magic120: format = .go120
        default: return nil
        }
        guard let functionCount = table.offset(at: start + 8), let textStart = table.uint64(at: start + 24),
            let names = table.offset(at: start + 32), let units = table.offset(at: start + 40),
            let files = table.offset(at: start + 48), let pcValues = table.offset(at: start + 56),
            let functions = table.offset(at: start + 64)
        else { return nil }
        let length = table.count - start
        guard Self.size <= names, names < units, units <= files, files <= pcValues, pcValues < functions,
            functions < length, functionCount > 0, functionCount <= (length - functions) / 8
        else { return nil }
        self.functionCount = functionCount
        self.textStart = textStart
        self.names = names
        self.units = units
        self.files = files
        self.pcValues = pcValues
        self.functions = functions
    }
}
