// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// A place in a pool library where a probe goes.
public struct AdapterPoint: Sendable {
    /// Where in the function.
    public enum Place: Sendable { case entry, returns }

    /// What a hit means for a lease.
    public let role: ps_point_role
    /// The full name as Go's symbol table has it.
    public let function: String
    /// `returns`: every return instruction of the function gets a probe.
    public let place: Place
    /// Indices of integer registers in Go's internal ABI (RAX 0, RBX 1, RCX 2, RDI 3, ...); `nil`: not there.
    public let pool: UInt8?
    /// The connection, or the object from which `connectionPath` leads to it.
    public let connection: UInt8?
    /// The type word of the error that the function returns; 0 there: it succeeded.
    public let error: UInt8?
    /// From the object in the register to the connection: the offset of the pointer to follow at each step, at most
    /// `PS_KEY_DEREFERENCES`. Empty: the register holds the connection itself.
    public internal(set) var connectionPath: [UInt32]
    /// `acquire_begin`: what `connection` holds at the entry is kept for the return of this call, whose `acquire_end` finds
    /// its connection from there. For functions that leave the connection in their receiver and return only an error.
    public let keepsConnection: Bool
    /// The function ends leases among many other things: a release counts only if an `acquire_end` with this set as well
    /// began the lease. Set on both.
    public let isOfKnownLeases: Bool
    /// A connection with a word other than 0 at this offset serves many callers at once and is not leased. `nil`: every
    /// connection is leased.
    public internal(set) var sharedOffset: UInt32?
    /// The function is in the binary only if the program uses it: without it, leases are whole nonetheless.
    public let isOptional: Bool
    /// Not armed in a binary that has this function, which the named one calls: one call would count as two.
    public let unless: String?

    init(
        _ role: ps_point_role, _ function: String, at place: Place, pool: UInt8? = nil, connection: UInt8? = nil,
        connectionPath: [UInt32] = [], keepsConnection: Bool = false, sharedOffset: UInt32? = nil, error: UInt8? = nil,
        isOfKnownLeases: Bool = false, isOptional: Bool = false, unless: String? = nil
    ) {
        self.role = role
        self.function = function
        self.place = place
        self.pool = pool
        self.connection = connection
        self.connectionPath = connectionPath
        self.keepsConnection = keepsConnection
        self.isOfKnownLeases = isOfKnownLeases
        self.sharedOffset = sharedOffset
        self.error = error
        self.isOptional = isOptional
        self.unless = unless
    }

    /// It ends leases of the library among many other things, and is the standard library's.
    public var isSharedRelease: Bool { isOfKnownLeases && role == .release }

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
    ///
    /// - Parameter adapterID: its leases are told from those of other adapters with the same connection.
    public func probePoint(id: UInt32, adapterID: UInt32, chain: ps_pointer_hop, flags: UInt32) -> ps_pool_point {
        var point = ps_pool_point()
        point.id = id
        point.role = role
        point.pool_register = pool ?? UInt8(PS_REGISTER_NONE)
        point.connection_register = connection ?? UInt8(PS_REGISTER_NONE)
        point.error_register = error ?? UInt8(PS_REGISTER_NONE)
        point.flags = flags
        if keepsConnection { point.flags |= PS_POINT_KEEPS_ARGUMENT }
        if role == .acquire_end, connection == nil { point.flags |= PS_POINT_KEPT_ARGUMENT }
        if isOfKnownLeases { point.leased_set = adapterID + 1 }
        withUnsafeMutableBytes(of: &point.key_offsets) { bytes in
            for (step, offset) in connectionPath.prefix(Int(PS_KEY_DEREFERENCES)).enumerated() {
                bytes.storeBytes(of: offset, toByteOffset: step * MemoryLayout<UInt32>.size, as: UInt32.self)
            }
        }
        point.key_dereference_count = UInt32(connectionPath.count)
        if let sharedOffset {
            point.flags |= PS_POINT_MAY_BE_SHARED
            point.shared_offset = sharedOffset
        }
        if role == .acquire_end { point.chain = chain }
        return point
    }
}
