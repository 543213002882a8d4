// SPDX-License-Identifier: Apache-2.0
import CCapstone

/// x86-64 instructions of a function, decoded by capstone.
struct Disassembler {
    struct Instruction: Sendable {
        enum Kind: Sendable {
            case ret, jumpIfBelowOrEqual, pushFramePointer, loadAddress, compare, move, subtract, jumpIfBelow,
                breakpoint
            case endBranch, other
        }
        let kind: Kind
        /// From the start of the code.
        let offset: Int
        let bytes: [UInt8]
    }

    /// Decodes until `visit` returns `false`, the code ends, or an instruction is not known.
    ///
    /// - Returns: the offset at which it stopped; `code.count` when all was decoded. `nil`: capstone is not usable.
    static func decode(_ code: [UInt8], at address: UInt64, visit: (Instruction) -> Bool) -> Int? {
        var handle = csh()
        guard cs_open(CS_ARCH_X86, CS_MODE_64, &handle) == CS_ERR_OK else { return nil }
        defer { cs_close(&handle) }
        guard let instruction = cs_malloc(handle) else { return nil }
        defer { cs_free(instruction, 1) }
        return code.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            var remaining = buffer.count
            var current = address
            while remaining > 0, cs_disasm_iter(handle, &next, &remaining, &current, instruction) {
                let length = Int(instruction.pointee.size)
                let offset = code.count - remaining - length
                guard offset >= 0 else { return nil }
                let bytes = Array(code[offset..<(offset + length)])
                let decoded = Instruction(kind: kind(of: instruction.pointee.id, bytes), offset: offset, bytes: bytes)
                if !visit(decoded) { return offset }
            }
            return code.count - remaining
        }
    }

    private static func kind(of id: UInt32, _ bytes: [UInt8]) -> Instruction.Kind {
        if bytes == [0xf3, 0x0f, 0x1e, 0xfa] { return .endBranch }
        switch x86_insn(rawValue: id) {
        case X86_INS_RET: return .ret
        case X86_INS_JBE: return .jumpIfBelowOrEqual
        case X86_INS_PUSH: return bytes == [0x55] ? .pushFramePointer : .other
        case X86_INS_LEA: return .loadAddress
        case X86_INS_CMP: return .compare
        case X86_INS_MOV: return .move
        case X86_INS_SUB: return .subtract
        case X86_INS_JB: return .jumpIfBelow
        case X86_INS_INT3: return .breakpoint
        default: return .other
        }
    }
}
