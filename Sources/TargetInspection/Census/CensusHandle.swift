// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file descriptor of this process that is closed with its last reference.
final class CensusHandle: Sendable {
    let number: Int32

    init(owning number: Int32) { self.number = number }

    deinit { close(number) }
}
