// SPDX-License-Identifier: Apache-2.0

/// An instruction at which a probe may be set.
public struct ProbeSite: Sendable, Hashable {
    /// What the instruction is, which decides the cost of a hit and what its registers mean.
    public enum Placement: String, Sendable, Hashable, CaseIterable {
        /// `push %rbp` after Go's stack check: fires once a call; the kernel emulates it.
        case push
        /// The `jbe` of Go's stack check: also fires when the stack is about to grow, which is told by CF or ZF being
        /// set; such a hit must be left out, as the call starts again. The kernel emulates it.
        case jbe
        /// The first instruction: single-stepped. Of a Go function with a stack check it would fire twice when the
        /// stack grows, so that it is chosen only where there is no check.
        case entry
        /// A return instruction: results are in registers; single-stepped.
        case ret
    }

    /// Link-time address.
    public let address: UInt64
    /// The offset in the executable file, which is what a uprobe is attached to.
    public let fileOffset: UInt64
    /// The instruction.
    public let bytes: [UInt8]
    /// What a hit means and costs.
    public let placement: Placement

    /// The bytes in hex, as `PlanPoint.instruction` has them.
    public var instruction: String { Hexadecimal.text(bytes) }
}
