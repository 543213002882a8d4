// SPDX-License-Identifier: Apache-2.0

/// Bytes to be put into a program.
struct Change {
    /// Which of the program's structures; one more than there are: anywhere.
    let region: Int
    let offset: Int
    let bytes: ArraySlice<UInt8>

    /// Takes one change from the front of the input; `nil`: there is none left.
    init?(_ input: inout ArraySlice<UInt8>) {
        guard input.count > 4 else { return nil }
        let head = Array(input.prefix(4))
        region = Int(head[0])
        offset = Int(head[1]) | Int(head[2]) << 8
        let length = 1 + Int(head[3] % 16)
        bytes = input.dropFirst(4).prefix(length)
        input = input.dropFirst(4 + length)
    }
}
