// SPDX-License-Identifier: Apache-2.0

extension GoSymbolTable {
    /// Those of the functions that the compiler inlined into others: a probe in its own code, if it has any, does not see
    /// those calls.
    ///
    /// Looks once through the inline trees of all functions.
    public func inlined(among names: [String]) -> Set<String> {
        let wanted = names.map(GoFunctionName.init)
        let offsets = nameOffsets(of: wanted)
        var found: Set<Int32> = []
        guard !offsets.isEmpty else { return [] }
        for index in 0..<functionCount {
            guard let record = record(at: index), let count = inlinedCallCount(record: record) else { continue }
            for call in 0..<count {
                if let name = inlinedName(record: record, index: call), offsets[name] != nil { found.insert(name) }
            }
        }
        return Set(found.flatMap { offsets[$0] ?? [] }.map { wanted[$0].text })
    }

    /// Names of functions that end as this one does, most alike first: the user may have meant one of them.
    ///
    /// - Parameter limit: how many at most.
    public func functions(similarTo name: String, limit: Int = 3) -> [String] {
        func tail(_ text: Substring) -> Substring { text[(text.lastIndex(of: ".") ?? text.startIndex)...] }
        let wanted = Array(name.utf8)
        let method = tail(name[...])
        var best: [(length: Int, name: String)] = []
        for index in 0..<functionCount {
            guard let candidate = function(at: index)?.name, candidate.hasSuffix(method) else { continue }
            let length = zip(candidate.utf8.reversed(), wanted.reversed()).prefix { $0 == $1 }.count
            if best.count < limit || length > (best.last?.length ?? 0) {
                let all = (best + [(length, candidate)]).sorted { ($1.length, $0.name) < ($0.length, $1.name) }
                best = Array(all.prefix(limit))
            }
        }
        return best.map(\.name)
    }
}
