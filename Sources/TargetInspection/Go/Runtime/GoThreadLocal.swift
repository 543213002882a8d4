// SPDX-License-Identifier: Apache-2.0

/// Where Go keeps `g` in thread-local storage.
///
/// Usually `%fs:-8`, but C code with thread-local variables moves it. `runtime.gogo` stores it there, so that its code
/// tells; it is the same in stripped programs, where it is named `gogo`.
public enum GoThreadLocal: Sendable, Equatable {
    /// Bytes from `%fs`.
    case offset(Int64)
    /// The link-time address of a word of the process that holds the offset (shared libraries).
    case slot(UInt64)

    /// `nil`: the code of `gogo` is not of a known form.
    public init?(symbols: GoSymbolTable) {
        let functions = symbols.functions(named: ["gogo", "runtime.gogo"])
        for function in (functions["gogo"] ?? []) + (functions["runtime.gogo"] ?? []) {
            let size = Int(min(function.end - function.entry, 96))
            guard let code = symbols.image.read(address: function.entry, count: size) else { continue }
            if let place = Self.decode(ByteTable(code), at: function.entry) {
                self = place
                return
            }
        }
        return nil
    }

    static func decode(_ code: ByteTable, at address: UInt64) -> GoThreadLocal? {
        for offset in 0..<max(0, code.count - 8) {
            let bytes = code.bytes[offset...]
            if bytes.starts(with: [0x64, 0x48, 0x89, 0x14, 0x25]) {  // mov %rdx,%fs:imm32
                return code.int32(at: offset + 5).map { .offset(Int64($0)) }
            }
            // mov $imm32,%rcx; mov %rdx,%fs:(%rcx)
            if bytes.starts(with: [0x48, 0xc7, 0xc1]), bytes.dropFirst(7).starts(with: [0x64, 0x48, 0x89, 0x11]) {
                return code.int32(at: offset + 3).map { .offset(Int64($0)) }
            }
            // mov rel32(%rip),%rcx; mov %rdx,%fs:(%rcx)
            if bytes.starts(with: [0x48, 0x8b, 0x0d]), bytes.dropFirst(7).starts(with: [0x64, 0x48, 0x89, 0x11]) {
                return code.int32(at: offset + 3).map {
                    .slot(address &+ UInt64(offset) &+ 7 &+ UInt64(bitPattern: Int64($0)))
                }
            }
        }
        return nil
    }

    /// The offset from `%fs`, read from the process where the code does not hold it; `nil`: unreadable.
    public func offset(in memory: some ReadableMemory, bias: UInt64) -> Int64? {
        switch self {
        case .offset(let offset): offset
        case .slot(let address): memory.readInt64(address &+ bias)
        }
    }
}
