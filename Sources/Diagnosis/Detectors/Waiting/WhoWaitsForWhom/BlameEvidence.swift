// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Who waited for whom, in a sentence.
enum BlameEvidence {
    private static let limit = 4

    /// Empty when nobody waited for a lease of the trace.
    static func of(_ pool: PoolSummary) -> [Evidence] {
        let worst = pool.blames.prefix(limit)
        if worst.isEmpty { return [] }
        let list = worst.map { blame in
            "\(name(blame.waiter)) waited \(ReadableText.duration(blame.time)) for \(name(blame.holder))"
        }
        let total = pool.blames.reduce(Duration.zero) { $0 + $1.time }
        return [
            Evidence(
                "Who waited for whom: \(list.joined(separator: "; "))\(rest(pool.blames.count - limit)).",
                measurements: [Measurement("waited_for_holders", .duration(total))])
        ]
    }

    private static func rest(_ more: Int) -> String { more > 0 ? "; and \(more) more" : "" }

    private static func name(_ stack: CallStack?) -> String { stack?.site?.function ?? "an unknown function" }
}
