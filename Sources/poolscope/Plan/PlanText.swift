// SPDX-License-Identifier: Apache-2.0
import Recording
import Reports
import TraceModel

/// The plan for a person.
enum PlanText {
    static func render(_ plan: ProbePlan, target: InspectedTarget) -> String {
        let runtime =
            target.buildInfo.map { "Go, \($0.version)" }
            ?? (target.buildInfoFailure == nil ? "not Go" : "Go, of a version that cannot be read")
        var lines = [
            "\(target.process.name) (\(target.process.processID)): \(target.process.executablePath)",
            "  \(runtime), \(target.process.image.isStripped ? "stripped" : "with symbols")"
                + "\(target.process.image.isPositionIndependent ? ", position-independent" : "")",
            "", "In the kernel",
        ]
        for probe in plan.kernelProbes {
            lines.append(
                "  \(pad(probe.name, 18)) \(pad(probe.mechanism ?? "-", 11)) \(probe.hooks.joined(separator: " "))")
            if let note = probe.note { lines.append("      \(note)") }
        }
        lines += ["", "In the process"]
        if plan.pools.isEmpty { lines.append("  no pool library that poolscope knows") }
        for pool in plan.pools {
            lines.append("  \(pool.adapter)\(pool.version.map { " (\($0))" } ?? "")")
            for point in plan.points where point.adapterID == pool.adapterID { lines += text(point) }
            if let note = pool.note { lines.append("    incomplete: \(note)") }
        }
        for call in plan.runtimeCalls ?? [] {
            lines.append("  \(call.name)")
            for point in call.points { lines += text(point) }
            if let note = call.note { lines.append("    not recorded: \(note)") }
        }
        lines += offsets(plan)
        if !plan.blindSpots.isEmpty { lines += ["", "What cannot be seen"] + plan.blindSpots.map { "  \($0)" } }
        return lines.map(SafeText.sanitized).joined(separator: "\n")
    }

    private static func offsets(_ plan: ProbePlan) -> [String] {
        guard let offsets = plan.offsets, !offsets.isEmpty else { return [] }
        return ["", "Where fields lie"]
            + offsets.flatMap { field in
                guard let offset = field.offset, let origin = field.origin else {
                    return [
                        "  \(pad("-", 12)) \(field.field)",
                        "      refused: \(field.note ?? "not known"). Not seen: \(field.loss ?? "-").",
                    ]
                }
                let way = (field.dereferenceOffsets + [offset]).map { "\($0)" }.joined(separator: " -> ")
                return ["  \(pad(way, 12)) \(field.field)  (\(origin))"] + (field.note.map { ["      \($0)"] } ?? [])
            }
    }

    private static func text(_ point: PlanPoint) -> [String] {
        [
            "    \(pad(point.role, 16)) 0x\(String(point.address, radix: 16))  \(pad(point.placement, 5)) "
                + "\(pad(point.instruction, 12)) \(point.expectedCostNanoseconds) ns a hit  \(point.function)"
        ] + (point.note.map { ["        \($0)"] } ?? [])
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
