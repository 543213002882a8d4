// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Servers and listeners are told apart: a process can be both at one address.
struct EndpointKey: Hashable {
    var endpoint: Endpoint
    var isAccepting: Bool
    var protocolNumber: UInt16
}
