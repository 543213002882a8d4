// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A query that has no answer yet.
struct NameQuery {
    var id: UInt16
    var mark: EventMark
    var server: Endpoint?
    var name: String
}
