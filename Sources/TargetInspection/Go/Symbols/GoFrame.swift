// SPDX-License-Identifier: Apache-2.0

/// How a function's frame lies on the stack at one address of its code.
struct GoFrame: Sendable, Equatable {
    /// From the stack pointer up to the return address, in bytes (`runtime.funcspdelta`, runtime/symtab.go).
    let size: UInt32
    /// `runtime.goexit`: what every goroutine returns to at last.
    let isOutermost: Bool
}

extension GoSymbolTable {
    private static let frameSizes = 16  // runtime._func.pcsp

    /// The frame of the function that runs at a link-time address; `nil`: not Go code, or the table does not say.
    func frameLayout(at address: UInt64) -> GoFrame? {
        guard let index = index(containing: address), let record = self.record(at: index),
            let entry = self.entry(at: index), let start = table.uint32(at: record + Self.frameSizes),
            let size = value(table: start, offset: address &- entry).flatMap(UInt32.init(exactly:))
        else { return nil }
        return GoFrame(size: size, isOutermost: function(at: index)?.name == "runtime.goexit")
    }
}
