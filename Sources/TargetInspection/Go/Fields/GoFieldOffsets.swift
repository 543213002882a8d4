// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Where the fields of a program's structures lie: from its debugging information if it has any, else from its run-time
/// type descriptors, which every Go program has. A type that the program never makes at run time has no descriptor.
public final class GoFieldOffsets: Sendable {
    /// A place, or a sentence that says why there is none.
    enum Answer: Sendable, Hashable {
        case place(GoFieldPlace)
        case refused(String)
    }

    private struct Sources: Sendable {
        var debugTypes: GoDebugTypes?
        var descriptors: GoTypeIndex?
    }

    private let sources: Mutex<Sources>

    /// Longer ways, or offsets further into an object, than this are not believed.
    private static let maximumSteps = 8
    private static let maximumOffset: UInt32 = 1 << 20

    /// - Parameter types: `nil`: the program's descriptors were not found.
    public convenience init(image: ExecutableImage, types: GoTypes?) {
        self.init(debugTypes: GoDebugTypes(image: image), descriptors: types.map(GoTypeIndex.init))
    }

    init(debugTypes: GoDebugTypes?, descriptors: GoTypeIndex?) {
        sources = Mutex(Sources(debugTypes: debugTypes, descriptors: descriptors))
    }

    /// Gives back the memory that the types take. What is asked for from now on is refused.
    public func forget() { sources.withLock { $0 = Sources() } }

    /// From now on the program's debugging information alone is asked.
    func forgetDescriptors() { sources.withLock { $0.descriptors = nil } }

    /// The debugging information decides, where it has the field.
    func place(of field: GoField) -> Answer {
        let sources = sources.withLock { $0 }
        var answer = Answer.refused("the program's types cannot be read")
        if let debugTypes = sources.debugTypes { answer = place(of: field, in: debugTypes) }
        if case .refused = answer, let descriptors = sources.descriptors { answer = place(of: field, in: descriptors) }
        return answer
    }

    /// The address in the process of a structure type's descriptor; `nil`: the program has none.
    public func descriptor(of structure: GoStructureName) -> UInt64? {
        sources.withLock { $0.descriptors }?.structure(structure)
    }

    private func place(of field: GoField, in source: some GoStructureSource) -> Answer {
        guard let structure = source.structure(field.structure) else {
            return .refused("the program has no type \(field.structure)")
        }
        var place = Position(type: structure)
        for name in field.path.split(separator: ".").map(String.init) {
            guard step(&place, to: name, in: source) else {
                return .refused("\(source.name(of: place.type) ?? "a type") of the program has no field \(name)")
            }
            guard place.offset <= Self.maximumOffset, place.dereferences.count <= Self.maximumSteps else {
                return .refused("\(field) is further away than is believed")
            }
        }
        let size = place.isWord ? 8 : source.size(of: place.type).flatMap { UInt32(exactly: $0) }
        guard let size else { return .refused("the size of \(field) cannot be read") }
        return .place(
            GoFieldPlace(
                dereferences: place.dereferences, offset: place.offset, size: size, origin: source.origin))
    }

    private struct Position {
        var type: UInt64
        var dereferences: [UInt32] = []
        var offset: UInt32 = 0
        /// A word of a slice or a map: nothing lies further in.
        var isWord = false
    }

    /// One selector further; `false`: there is no such field.
    private func step(_ place: inout Position, to name: String, in source: some GoStructureSource) -> Bool {
        guard !place.isWord else { return false }
        if source.kind(of: place.type) == .pointer, let element = source.element(of: place.type) {
            place.dereferences.append(place.offset)
            (place.type, place.offset) = (element, 0)
        }
        switch source.kind(of: place.type) {
        case .slice where name == "array" || name == "len":  // runtime/slice.go: array, len, cap
            let told = source.fields(of: place.type)?.first { $0.name == name }?.offset
            place.offset &+= told ?? (name == "len" ? 8 : 0)
            place.isWord = true
            return true
        case .map where name == "len":  // a pointer to runtime.hmap or maps.Map: the first word is the count
            place.dereferences.append(place.offset)
            (place.offset, place.isWord) = (0, true)
            return true
        case .structure:
            guard let field = source.fields(of: place.type)?.first(where: { $0.name == name }) else { return false }
            place.offset = place.offset > Self.maximumOffset ? place.offset : place.offset &+ field.offset
            place.type = field.type
            return true
        default: return false
        }
    }
}
