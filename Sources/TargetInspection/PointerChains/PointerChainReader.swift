// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Follows pointers from a connection object in a process to the descriptor of its socket.
///
/// The process runs meanwhile: it may meet a half-made or freed object. It then ends without a result; that a
/// descriptor is a socket must be checked by the caller.
public final class PointerChainReader: Sendable {
    private let memory: any ReadableMemory
    private let types: GoTypes
    private let planner: PointerChainPlanner
    private let outcomes = Mutex<[UInt64: PointerChainPlanner.Outcome]>([:])

    /// A TLS connection in a proxy in a wrapper in ... no deeper.
    private static let maximumHops = 8
    /// fs.nr_open cannot be raised above this (2^30 in sysctl_nr_open_max, fs/file.c, is less).
    private static let maximumDescriptor: UInt64 = 1 << 30
    /// `itab.Type` (internal/abi/iface.go).
    static let itabType: UInt64 = 8

    /// - Parameter known: hops that a better source tells than the type descriptors, by the structure type's.
    public init(types: GoTypes, memory: any ReadableMemory, known: [UInt64: PointerHop] = [:]) {
        self.memory = memory
        self.types = types
        planner = PointerChainPlanner(types: types, known: known)
    }

    /// The field at which the hop for a dynamic type ends; `nil`: there is none, or the type has no name.
    public func field(fromType type: UInt64) -> GoField? { planner.field(fromType: type) }

    /// The hop for a dynamic type, planned once for each type.
    ///
    /// - Parameter type: the address of the type descriptor in the process.
    public func hop(fromType type: UInt64) -> PointerChainPlanner.Outcome {
        if let known = outcomes.withLock({ $0[type] }) { return known }
        let outcome = planner.hop(fromType: type)
        // Types are never freed, so that an outcome stays right. Addresses that are none would fill the table.
        if types.isType(type) { outcomes.withLock { $0[type] = outcome } }
        return outcome
    }

    /// The dynamic type of the interface (not `any`) at an address; `nil`: a nil interface, or unreadable.
    public func dynamicType(ofInterfaceAt address: UInt64) -> UInt64? {
        guard let table = memory.readUInt64(address), table != 0 else { return nil }
        return memory.readUInt64(table &+ Self.itabType)
    }

    /// The descriptor behind the connection that the interface (not `any`) at an address holds.
    ///
    /// `nil`: a nil interface or pointer on the way, a type without a way to a socket, or a closed connection.
    public func descriptor(interfaceAt address: UInt64) -> Int32? {
        descriptor(from: address, along: PointerHop(dereferenceOffsets: [], terminal: .interface(offset: 0)))
    }

    /// The descriptor behind a connection object whose first hop is known.
    ///
    /// `nil`: as for `descriptor(interfaceAt:)`.
    ///
    /// - Parameter visit: is told each dynamic type on the way, also when the way ends there.
    public func descriptor(
        from object: UInt64, along first: PointerHop, visit: (_ type: UInt64) -> Void = { _ in }
    ) -> Int32? {
        var hop = first
        var address = object
        for _ in 0..<Self.maximumHops {
            guard let end = follow(hop, from: address) else { return nil }
            let place: UInt64
            let type: UInt64?
            switch hop.terminal {
            case .interface(let offset):
                place = end &+ UInt64(offset)
                type = dynamicType(ofInterfaceAt: place)
            case .any(let offset):
                place = end &+ UInt64(offset)
                type = memory.readUInt64(place)
            case .descriptor(let offset): return descriptor(at: end &+ UInt64(offset))
            }
            guard let type, type != 0 else { return nil }
            visit(type)
            guard let data = memory.readUInt64(place &+ 8), data != 0, let next = self.hop(fromType: type).hop else {
                return nil
            }
            (hop, address) = (next, data)
        }
        return nil
    }

    private func descriptor(at address: UInt64) -> Int32? {
        guard let number = memory.readUInt64(address), number < Self.maximumDescriptor else { return nil }
        return Int32(truncatingIfNeeded: number)
    }

    private func follow(_ hop: PointerHop, from data: UInt64) -> UInt64? {
        var address = data
        for offset in hop.dereferenceOffsets {
            guard let next = memory.readUInt64(address &+ UInt64(offset)), next != 0 else { return nil }
            address = next
        }
        return address
    }
}
