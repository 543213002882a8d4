// SPDX-License-Identifier: Apache-2.0

/// What the payload of a block is.
enum BlockType: UInt16 {
    case records = 1
    case schema = 2
    case process = 3
    case plan = 4
    case symbols = 5
    case end = 6
}
