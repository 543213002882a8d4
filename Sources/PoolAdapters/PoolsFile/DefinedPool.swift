// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TargetInspection
import TraceModel

/// A pool that a user describes by its functions and by where their arguments are: docs/pools-file.md.
struct DefinedPool: PoolAdapter {
    let name: String
    let module: String?
    let isOnRequest: Bool
    let traits: PoolTraits
    let modules: [String]
    let isDefinedByUser = true
    let points: [AdapterPoint]
    let chain: ConnectionChain

    private static let maximumPoints = 32
    private static let maximumModules = 32

    init(_ node: PoolsFileNode) throws(PoolsFileError) {
        let members = try node.members([
            "name", "module", "modules", "on_request", "closes_to_cancel", "spreads_over_hosts", "acquire", "release",
            "close", "walk",
        ])
        name = try members.required("name", of: node).text()
        module = try members["module"]?.text()
        isOnRequest = try members["on_request"]?.truth() ?? false
        traits = PoolTraits(
            closesToCancel: try members["closes_to_cancel"]?.truth() ?? false,
            spreadsOverHosts: try members["spreads_over_hosts"]?.truth() ?? false)
        modules = if let list = members["modules"] { try Self.modules(list) } else { [] }
        var points = try Self.acquire(members.required("acquire", of: node))
        let release = try members.required("release", of: node)
        let releases = try release.elements()
        guard !releases.isEmpty else {
            throw release.error("it must name at least one function", "Add the function that gives a connection back")
        }
        for element in releases { points.append(try Self.end(element, .release)) }
        for element in try members["close"]?.elements() ?? [] {
            points.append(try Self.end(element, .connection_close))
        }
        guard points.count <= Self.maximumPoints else {
            throw node.error("it names more than \(Self.maximumPoints) functions", "Name fewer")
        }
        guard points.contains(where: { $0.role == .release && !$0.isOptional }) else {
            throw release.error("all of its functions are optional", "Leave \"optional\" out for one")
        }
        self.points = points
        if let way = members["walk"] { chain = try Self.chain(way) } else { chain = .none }
    }

    private static func modules(_ node: PoolsFileNode) throws(PoolsFileError) -> [String] {
        var modules: [String] = []
        for element in try node.elements() { modules.append(try element.text()) }
        guard modules.count <= maximumModules else {
            throw node.error("it has more than \(maximumModules) modules", "Name fewer")
        }
        return modules
    }

    private static func acquire(_ node: PoolsFileNode) throws(PoolsFileError) -> [AdapterPoint] {
        let members = try node.members(["function", "parameters", "results", "pool", "connection", "error"])
        let function = try Self.function(members.required("function", of: node))
        let parameters = try signature(members.required("parameters", of: node))
        let results = try signature(members.required("results", of: node))
        let pool = try object(members.required("pool", of: node), in: parameters, "parameters")
        let connection = try object(members.required("connection", of: node), in: results, "results")
        var failure: UInt8?
        if let place = members["error"] { failure = try error(place, in: results) }
        return [
            AdapterPoint(.acquire_begin, function, at: .entry, pool: pool),
            AdapterPoint(.acquire_end, function, at: .returns, connection: connection, error: failure),
        ]
    }

    private static func end(_ node: PoolsFileNode, _ role: ps_point_role) throws(PoolsFileError) -> AdapterPoint {
        let members = try node.members(["function", "parameters", "pool", "connection", "optional"])
        let function = try Self.function(members.required("function", of: node))
        let parameters = try signature(members.required("parameters", of: node))
        let connection = try object(members.required("connection", of: node), in: parameters, "parameters")
        var pool: UInt8?
        if let place = members["pool"] { pool = try object(place, in: parameters, "parameters") }
        return AdapterPoint(
            role, function, at: .entry, pool: pool, connection: connection,
            isOptional: try members["optional"]?.truth() ?? false)
    }

    private static func function(_ node: PoolsFileNode) throws(PoolsFileError) -> String {
        let name = try node.text()
        guard name.split(separator: "/").last?.contains(".") == true, !name.contains(" ") else {
            throw node.error(
                "it is not the full name of a Go function",
                "Write it as a stack trace does: \"example.org/shop/pool.(*Pool).Get\"")
        }
        return name
    }

    private static func signature(_ node: PoolsFileNode) throws(PoolsFileError) -> GoSignature {
        var kinds: [GoSignature.Kind] = []
        for element in try node.elements() {
            guard let kind = GoSignature.Kind(rawValue: try element.text()) else {
                let known = GoSignature.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw element.error("it is no kind of parameter", "Write one of: \(known); a structure as its fields")
            }
            kinds.append(kind)
        }
        return GoSignature(kinds: kinds)
    }

    /// The register that holds the address of the object at a place.
    private static func object(
        _ node: PoolsFileNode, in signature: GoSignature, _ list: String
    ) throws(PoolsFileError) -> UInt8 {
        let (position, register) = try place(node, in: signature, list)
        guard let word = signature.kinds[position].objectWord else {
            throw node.error(
                "the \(signature.kinds[position].rawValue) there is not the address of an object",
                "Name the place of a pointer or an interface")
        }
        return UInt8(register + word)
    }

    private static func error(_ node: PoolsFileNode, in signature: GoSignature) throws(PoolsFileError) -> UInt8 {
        let (position, register) = try place(node, in: signature, "results")
        guard signature.kinds[position] == .error || signature.kinds[position] == .interface else {
            throw node.error(
                "the \(signature.kinds[position].rawValue) there is no error", "Name the place of the error")
        }
        return UInt8(register)
    }

    private static func place(
        _ node: PoolsFileNode, in signature: GoSignature, _ list: String
    ) throws(PoolsFileError) -> (position: Int, register: Int) {
        guard !signature.kinds.isEmpty else { throw node.error("\"\(list)\" is empty", "List them all, in order") }
        let position = try node.number(0...signature.kinds.count - 1)
        guard let register = signature.register(at: position) else {
            throw node.error(
                "it is passed on the stack, or in a floating-point register",
                "Choose a function that has it among the first \(GoSignature.registerCount) words")
        }
        return (position, register)
    }

    private static func chain(_ node: PoolsFileNode) throws(PoolsFileError) -> ConnectionChain {
        let members = try node.members(["package", "structure", "field", "interface_offset"])
        if let offset = members["interface_offset"] {
            guard members.count == 1 else {
                throw node.error("\"interface_offset\" stands alone", "Leave the other keys out")
            }
            let number = UInt32(try offset.number(0...65_536))
            return .hop(PointerHop(dereferenceOffsets: [], terminal: .interface(offset: number)))
        }
        let package = try members.required("package", of: node).text()
        let structure = try members.required("structure", of: node).text()
        guard let field = members["field"] else { return .structure(name: structure, package: package) }
        // Without the program's types the field's offset is not known: there is no other hop.
        return .interfaceField(
            GoField(try field.text(), of: GoStructureName(package: package, name: structure)))
    }
}
