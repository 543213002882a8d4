// SPDX-License-Identifier: Apache-2.0

/// Go's run-time type descriptors (`abi.Type`, internal/abi/type.go), read from a process. They are in every program,
/// stripped or not. All addresses are addresses in the process.
///
/// Nothing that is read is believed: addresses must lie among the module's types, counts and lengths are bounded.
public struct GoTypes: Sendable {
    private let memory: any ReadableMemory
    private let typeBase: UInt64
    private let typeEnd: UInt64

    /// Offsets in `abi.Type`, which is 48 bytes; the same from Go 1.17 to 1.27.
    enum Layout {
        static let size: UInt64 = 48
        /// `Type.Size_`: of a value.
        static let length: UInt64 = 0
        static let flags: UInt64 = 20
        static let kind: UInt64 = 23
        static let name: UInt64 = 40
        /// `PtrType.Elem`.
        static let element: UInt64 = 48
        /// `InterfaceType.PkgPath`.
        static let interfacePackage: UInt64 = 48
        /// `len(InterfaceType.Methods)`.
        static let methodCount: UInt64 = 64
        /// `UncommonType.PkgPath` of a `StructType`: 32 bits, from the names' base, as `Type.Str`.
        static let structurePackage: UInt64 = 80
        /// `StructType.Fields`: address, count.
        static let fields: UInt64 = 56
        static let fieldCount: UInt64 = 64
        /// `StructField`: name, type, offset; 8 bytes each.
        static let fieldSize = 24
    }
    private static let maximumTypes: UInt64 = 256 << 20
    private static let maximumFields = 4096
    private static let maximumNameLength = 4096
    private static let maximumSize: UInt64 = 1 << 30
    /// `abi.TFlagExtraStar`: the stored name begins with a `*` that is not part of it.
    private static let extraStar: UInt8 = 2
    /// `abi.TFlagUncommon`: an `UncommonType` follows, as after every type that has a name.
    private static let uncommon: UInt8 = 1

    /// - Parameter moduleData: of the executable, with link-time addresses.
    public init(memory: any ReadableMemory, moduleData: GoModuleData, bias: UInt64) {
        self.memory = memory
        typeBase = moduleData.types &+ bias
        typeEnd = moduleData.typesEnd &+ bias
    }

    /// The address lies among the program's type descriptors and is aligned as they are.
    public func isType(_ address: UInt64) -> Bool {
        address % 8 == 0 && address >= typeBase && address < typeEnd && typeEnd - address >= Layout.size
    }

    /// `nil`: no type descriptor.
    public func kind(of type: UInt64) -> GoKind? {
        guard isType(type) else { return nil }
        return memory.readUInt8(type &+ Layout.kind).map { GoKind(kindByte: $0) }
    }

    /// Bytes of a value of the type; `nil`: no type descriptor.
    public func size(of type: UInt64) -> UInt64? {
        guard isType(type) else { return nil }
        return memory.readUInt64(type &+ Layout.length).flatMap { $0 <= Self.maximumSize ? $0 : nil }
    }

    /// The name with the last element of its package's path, such as `*pq.conn`; `nil`: no type descriptor.
    public func name(of type: UInt64) -> String? {
        guard isType(type), let offset = memory.readUInt32(type &+ Layout.name), Int32(bitPattern: offset) >= 0,
            let flags = memory.readUInt8(type &+ Layout.flags), let text = text(at: typeBase &+ UInt64(offset))
        else { return nil }
        return flags & Self.extraStar != 0 && text.hasPrefix("*") ? String(text.dropFirst()) : text
    }

    /// What a pointer type points to; `nil`: not a pointer type.
    public func element(of type: UInt64) -> UInt64? {
        guard kind(of: type) == .pointer, let element = memory.readUInt64(type &+ Layout.element), isType(element)
        else { return nil }
        return element
    }

    /// The fields of a structure type in order; `nil`: not one.
    func fields(of type: UInt64) -> [GoStructField]? {
        guard kind(of: type) == .structure, let size = size(of: type),
            let start = memory.readUInt64(type &+ Layout.fields),
            let count = memory.readUInt64(type &+ Layout.fieldCount), count <= UInt64(Self.maximumFields),
            let bytes = memory.read(start, count: Int(count) * Layout.fieldSize)
        else { return nil }
        let table = ByteTable(bytes)
        var fields: [GoStructField] = []
        for place in stride(from: 0, to: table.count, by: Layout.fieldSize) {
            guard let name = table.uint64(at: place).flatMap(text(at:)), let type = table.uint64(at: place + 8),
                isType(type), let offset = table.uint64(at: place + 16), offset <= size,
                let offset = UInt32(exactly: offset)
            else { return nil }
            fields.append(GoStructField(name: name, type: type, offset: offset))
        }
        return fields
    }

    /// The type is the interface `net.Conn` of the standard library.
    public func isNetConnection(_ type: UInt64) -> Bool {
        guard kind(of: type) == .interface, name(of: type) == "net.Conn" else { return false }
        guard let package = memory.readUInt64(type &+ Layout.interfacePackage), package != 0 else { return true }
        // Another package whose path ends in `net` has the same short name.
        return text(at: package) == "net"
    }

    /// The type is the empty interface.
    public func isAny(_ type: UInt64) -> Bool {
        kind(of: type) == .interface && memory.readUInt64(type &+ Layout.methodCount) == 0
    }

    /// The path of the package that defines a structure type; `nil`: not one that has a name.
    public func package(ofStructure type: UInt64) -> String? {
        guard kind(of: type) == .structure, let flags = memory.readUInt8(type &+ Layout.flags),
            flags & Self.uncommon != 0, let offset = memory.readUInt32(type &+ Layout.structurePackage),
            offset != 0, Int32(bitPattern: offset) >= 0
        else { return nil }
        return text(at: typeBase &+ UInt64(offset))
    }

    /// Calls `body` for each address that may be a structure type's, in order. There is no index of them in every
    /// version: looks through all of the program's types.
    func forEachStructure(_ body: (UInt64, GoTypes) -> Void) {
        guard typeEnd > typeBase, typeEnd - typeBase <= Self.maximumTypes,
            let region = CopiedMemory(memory, from: typeBase, count: Int(typeEnd - typeBase))
        else { return }
        let copied = GoTypes(memory: region, typeBase: typeBase, typeEnd: typeEnd)
        for offset in region.offsets(ofByte: { GoKind(kindByte: $0) == .structure }, at: Int(Layout.kind), stride: 8) {
            body(typeBase &+ UInt64(offset), copied)
        }
    }

    private init(memory: any ReadableMemory, typeBase: UInt64, typeEnd: UInt64) {
        self.memory = memory
        self.typeBase = typeBase
        self.typeEnd = typeEnd
    }

    /// An encoded name (`abi.Name`): flags, length, text.
    private func text(at address: UInt64) -> String? {
        guard address >= typeBase, address != .max else { return nil }
        let head = ByteTable(memory.readPrefix(address, limit: 128))
        guard let length = head.variableLengthNumber(at: 1), length.value <= UInt64(Self.maximumNameLength) else {
            return nil
        }
        let end = length.next + Int(length.value)
        if end <= head.count { return String(decoding: head.bytes[length.next..<end], as: UTF8.self) }
        return memory.read(address &+ UInt64(length.next), count: Int(length.value))
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
