// SPDX-License-Identifier: Apache-2.0

/// Finds, from Go's type descriptors, the way from a connection object to its socket.
///
/// Field offsets of a library differ by version and by build; the program's own descriptors always fit.
public struct PointerChainPlanner: Sendable {
    /// A hop, or a sentence that says why there is none.
    public enum Outcome: Sendable, Equatable {
        case hop(PointerHop)
        case none(String)

        /// `nil`: there is none.
        public var hop: PointerHop? { if case .hop(let hop) = self { hop } else { nil } }
    }

    private struct Place {
        let structure: UInt64
        let dereferences: [UInt32]
        let base: UInt32
        let depth: Int
        let path: [String]
    }

    private let types: GoTypes
    private let known: [UInt64: PointerHop]
    private static let maximumDepth = 4
    private static let maximumVisits = 512
    /// The standard library's sockets: their way to the descriptor does not go through an interface.
    private static let sockets: Set<String> = ["net.TCPConn", "net.UnixConn", "net.UDPConn", "net.IPConn"]

    /// - Parameter known: hops that a better source tells, by the address of the structure type's descriptor.
    public init(types: GoTypes, known: [UInt64: PointerHop] = [:]) {
        self.types = types
        self.known = known
    }

    /// The hop for the data word of an interface with this dynamic type.
    ///
    /// - Parameter type: the address of the type descriptor in the process.
    public func hop(fromType type: UInt64) -> Outcome {
        guard let name = types.name(of: type) else { return .none("there is no type descriptor at its address") }
        guard let structure = pointedStructure(type) else { return .none("\(name) is not a pointer to a structure") }
        return hop(fromStructure: structure, name)
    }

    /// The hop for the address of a structure of a type.
    ///
    /// - Parameter structure: the address of the structure type's descriptor in the process.
    public func hop(fromStructure structure: UInt64) -> Outcome {
        guard let name = types.name(of: structure), types.kind(of: structure) == .structure else {
            return .none("there is no structure type at its address")
        }
        return hop(fromStructure: structure, name)
    }

    /// The same hop with the way that it goes; `nil`: there is none.
    public func route(fromStructure structure: UInt64) -> PointerRoute? {
        guard types.kind(of: structure) == .structure else { return nil }
        return isSocket(structure) ? descriptorPath(from: structure) : search(from: structure)
    }

    /// The field at which the hop for a dynamic type ends; `nil`: there is none, or the type has no name.
    public func field(fromType type: UInt64) -> GoField? {
        guard let structure = pointedStructure(type), let name = types.name(of: structure),
            let route = route(fromStructure: structure)
        else { return nil }
        let package = types.package(ofStructure: structure) ?? String(name.prefix { $0 != "." })
        let local = name.firstIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
        return GoField(route.path, of: GoStructureName(package: package, name: local))
    }

    private func hop(fromStructure structure: UInt64, _ name: String) -> Outcome {
        if let hop = known[structure] { return .hop(hop) }
        if let route = route(fromStructure: structure) { return .hop(route.hop) }
        return .none(isSocket(structure) ? "\(name) has no descriptor" : "\(name) holds no net.Conn")
    }

    private func isSocket(_ structure: UInt64) -> Bool { Self.sockets.contains(types.name(of: structure) ?? "") }

    /// The data word of an interface is an address: of what a pointer type points to, or of a value that is no pointer. A
    /// structure of a single pointer is stored as that pointer.
    private func pointedStructure(_ type: UInt64) -> UInt64? {
        var type = type
        for _ in 0..<Self.maximumDepth {
            switch types.kind(of: type) {
            case .pointer:
                guard let element = types.element(of: type), types.kind(of: element) == .structure else { return nil }
                return element
            case .structure:
                guard let fields = types.fields(of: type) else { return nil }
                guard types.size(of: type) == 8, let only = fields.last, types.kind(of: only.type) != .other else {
                    return type
                }
                type = only.type
            default: return nil
            }
        }
        return nil
    }

    /// Breadth first, so that the nearest connection wins, then the first in order of fields. Where no field is a
    /// connection, a field of type `any` may hold one: the nearest that does not lie behind a pointer, as pointers lead
    /// to what objects share.
    private func search(from structure: UInt64) -> PointerRoute? {
        var unknown: PointerRoute?
        var queue = [Place(structure: structure, dereferences: [], base: 0, depth: 0, path: [])]
        var next = 0
        var seen: Set<UInt64> = [structure]
        while next < queue.count, next < Self.maximumVisits {
            let place = queue[next]
            next += 1
            for field in types.fields(of: place.structure) ?? [] {
                let (offset, overflow) = place.base.addingReportingOverflow(field.offset)
                if overflow { continue }
                let path = place.path + [field.name]
                if types.isNetConnection(field.type) {
                    let hop = PointerHop(dereferenceOffsets: place.dereferences, terminal: .interface(offset: offset))
                    return PointerRoute(hop: hop, path: path.joined(separator: "."))
                }
                if unknown == nil, place.dereferences.isEmpty, types.isAny(field.type) {
                    let hop = PointerHop(dereferenceOffsets: [], terminal: .any(offset: offset))
                    unknown = PointerRoute(hop: hop, path: path.joined(separator: "."))
                }
                guard let inner = innerPlace(field, at: offset, from: place) else { continue }
                if inner.dereferences.count > place.dereferences.count,
                    isSocket(inner.structure), let end = descriptorPath(from: inner.structure)
                {
                    let hop = PointerHop(
                        dereferenceOffsets: inner.dereferences + end.hop.dereferenceOffsets,
                        terminal: end.hop.terminal)
                    return PointerRoute(hop: hop, path: (path + [end.path]).joined(separator: "."))
                }
                if inner.depth <= Self.maximumDepth, seen.insert(inner.structure).inserted { queue.append(inner) }
            }
        }
        return unknown
    }

    private func innerPlace(_ field: GoStructField, at offset: UInt32, from place: Place) -> Place? {
        let path = place.path + [field.name]
        switch types.kind(of: field.type) {
        case .structure:
            return Place(
                structure: field.type, dereferences: place.dereferences, base: offset, depth: place.depth + 1,
                path: path)
        case .pointer:
            guard let element = types.element(of: field.type), types.kind(of: element) == .structure else { return nil }
            return Place(
                structure: element, dereferences: place.dereferences + [offset], base: 0, depth: place.depth + 1,
                path: path)
        default: return nil
        }
    }

    /// From a `net.TCPConn`: `conn.fd` -> `netFD.pfd` -> `poll.FD.Sysfd` (net/net.go, internal/poll/fd_unix.go).
    private func descriptorPath(from socket: UInt64) -> PointerRoute? {
        guard let connection = field("conn", of: socket), let pointer = field("fd", of: connection.type),
            let network = types.element(of: pointer.type), let poll = field("pfd", of: network),
            types.name(of: poll.type) == "poll.FD", let descriptor = field("Sysfd", of: poll.type)
        else { return nil }
        let hop = PointerHop(
            dereferenceOffsets: [connection.offset &+ pointer.offset],
            terminal: .descriptor(offset: poll.offset &+ descriptor.offset))
        return PointerRoute(hop: hop, path: "conn.fd.pfd.Sysfd")
    }

    private func field(_ name: String, of structure: UInt64) -> GoStructField? {
        types.fields(of: structure)?.first { $0.name == name }
    }
}
