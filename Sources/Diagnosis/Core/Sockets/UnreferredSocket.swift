// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// A socket whose last known descriptor was closed.
struct UnreferredSocket {
    let firstSeen: UInt64
    let close: ps_descriptor_close
    let ordinal: UInt64
}
