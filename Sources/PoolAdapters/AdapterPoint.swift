// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// A place in a pool library where a probe goes.
public struct AdapterPoint: Sendable {
    /// Where in the function.
    public enum Place: Sendable { case entry, returns }

    public let role: ps_point_role
    /// The full name as Go's symbol table has it.
    public let function: String
    public let place: Place
    /// Indices of integer registers in Go's internal ABI (RAX 0, RBX 1, RCX 2, RDI 3, ...); `nil`: not there.
    public let pool: UInt8?
    public let connection: UInt8?
    public let error: UInt8?
    /// The register holds a handle of one lease; the connection is what the pointer at this offset in it points to. `nil`:
    /// the register holds the connection itself.
    public internal(set) var connectionOffset: UInt32?
    /// A connection with a word other than 0 at this offset serves many callers at once and is not leased. `nil`: every
    /// connection is leased.
    public internal(set) var sharedOffset: UInt32?
    /// The function is in the binary only if the program uses it: without it, leases are whole nonetheless.
    public let isOptional: Bool

    init(
        _ role: ps_point_role, _ function: String, at place: Place, pool: UInt8? = nil, connection: UInt8? = nil,
        connectionOffset: UInt32? = nil, sharedOffset: UInt32? = nil, error: UInt8? = nil, isOptional: Bool = false
    ) {
        self.role = role
        self.function = function
        self.place = place
        self.pool = pool
        self.connection = connection
        self.connectionOffset = connectionOffset
        self.sharedOffset = sharedOffset
        self.error = error
        self.isOptional = isOptional
    }

    /// The name of the role in plans and traces.
    public var roleName: String {
        switch role {
        case .acquire_begin: "acquire_begin"
        case .acquire_end: "acquire_end"
        case .release: "release"
        case .connection_close: "connection_close"
        @unknown default: "unknown"
        }
    }

    /// The kernel side's description of a probe here.
    public func probePoint(id: UInt32, walk: ps_walk_hop, flags: UInt32) -> ps_pool_point {
        var point = ps_pool_point()
        point.id = id
        point.role = role
        point.pool_register = pool ?? UInt8(PS_REGISTER_NONE)
        point.connection_register = connection ?? UInt8(PS_REGISTER_NONE)
        point.error_register = error ?? UInt8(PS_REGISTER_NONE)
        point.flags = flags
        if let connectionOffset {
            point.flags |= PS_POINT_KEY_IN_OBJECT
            point.key_offset = connectionOffset
        }
        if let sharedOffset {
            point.flags |= PS_POINT_MAY_BE_SHARED
            point.shared_offset = sharedOffset
        }
        if role == .acquire_end { point.walk = walk }
        return point
    }
}
