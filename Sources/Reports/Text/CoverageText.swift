// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// What the verdict does not cover: said once, at the end.
enum CoverageText {
    static func write(_ report: Report, _ time: TraceTime, to page: inout TextPage) {
        page.blank()
        page.line("Coverage", style: .heading)
        let clean = report.decisions.filter { if case .clean = $0.verdict { true } else { false } }.map(\.rule)
        if !clean.isEmpty { page.paragraph(clean.joined(separator: ", "), first: "  clean          ") }
        if !report.disabled.isEmpty {
            page.paragraph(report.disabled.joined(separator: ", "), first: "  switched off   ")
        }
        for (rule, reason) in report.notEvaluated {
            page.paragraph("\(rule): \(reason.text)", first: "  not evaluated  ")
        }
        var shown = Set(report.notEvaluated.map(\.reason))
        for caveat in report.decisions.flatMap(\.caveats) where shown.insert(caveat).inserted {
            page.paragraph(caveat.text, first: "  caveat         ")
        }
        let analysis = report.analysis
        for cutOff in analysis.cutOffs where shown.insert(cutOff.reason).inserted {
            page.paragraph(cutOff.sentence, first: "  cut off        ")
        }
        for spot in analysis.plan?.blindSpots ?? [] { page.paragraph(spot, first: "  not seen       ") }
        for probe in analysis.plan?.kernelProbes ?? [] {
            guard probe.mechanism == nil || probe.note != nil else { continue }
            let state = probe.mechanism == nil ? "not traced" : "in part"
            page.paragraph(
                "\(probe.name) \(state)" + (probe.note.map { ": \($0)" } ?? ""), first: "  not seen       ")
        }
        for call in analysis.plan?.runtimeCalls ?? [] {
            if let note = call.note { page.paragraph("\(call.name): \(note)", first: "  not seen       ") }
        }
        writeProcesses(analysis, time, to: &page)
        if analysis.plan == nil { page.paragraph("the trace has no plan", first: "  not seen       ") }
        writeLosses(analysis, time, to: &page)
        writeIrregularities(analysis.irregularities, to: &page)
    }

    private static func writeProcesses(_ analysis: TraceAnalysis, _ time: TraceTime, to page: inout TextPage) {
        if let started = analysis.startedProcesses {
            let some = started.processIDs.prefix(5).map(String.init).joined(separator: ", ")
            let noun = started.count == 1 ? "process that it started" : "processes that it started"
            let which = some.isEmpty ? "" : " (PID \(some)\(started.count > 5 ? ", ..." : ""))"
            page.paragraph(
                "\(started.count) \(noun)\(which): record --follow makes a trace of each that stays",
                first: "  not seen       ")
        }
        if let program = analysis.newProgram {
            page.paragraph(
                "what \(program.path) does, which the process became at \(time.offset(program.event.timestamp))",
                first: "  not seen       ")
        }
    }

    private static func writeLosses(_ analysis: TraceAnalysis, _ time: TraceTime, to page: inout TextPage) {
        if analysis.losses.isEmpty, analysis.end?.lost.values.allSatisfy({ $0 == 0 }) ?? true {
            page.paragraph(
                analysis.end == nil ? "none counted; the trace was cut off, so its end is missing" : "nothing",
                first: "  lost           ")
            return
        }
        for window in merged(analysis.losses) {
            page.paragraph(
                "\(window.count) \(window.kind?.name ?? "of unknown kind") from \(time.offset(window.start)) to "
                    + "\(time.offset(window.end)): \(window.reason)\(processors(window.cpus))",
                first: "  lost           ")
        }
        let placed = Set(analysis.losses.compactMap(\.kind?.name))
        for (kind, count) in (analysis.end?.lost ?? [:]).sorted(by: { $0.key < $1.key })
        where count > 0 && !placed.contains(kind) {
            page.paragraph("\(count) \(kind), at an unknown time", first: "  lost           ")
        }
    }

    private static func processors(_ cpus: [UInt32]) -> String {
        if cpus.isEmpty { return "" }
        let some = cpus.prefix(8).map(String.init).joined(separator: ", ")
        return ", on CPU \(some)" + (cpus.count > 8 ? " and \(cpus.count - 8) more" : "")
    }

    /// One line for each kind and reason; JSON has every window.
    private static func merged(_ windows: [LossWindow]) -> [LossWindow] {
        var merged: [LossWindow] = []
        for window in windows {
            if let index = merged.firstIndex(where: { $0.kind == window.kind && $0.reason == window.reason }) {
                merged[index].add(window)
            } else {
                merged.append(window)
            }
        }
        return merged
    }

    private static func writeIrregularities(_ irregularities: Irregularities, to page: inout TextPage) {
        let counts: [(UInt64, String)] = [
            (irregularities.outOfOrder, "record out of order"),
            (irregularities.negativeIntervals, "interval counted as zero because its end came before its start"),
            (
                irregularities.contraryWitnesses,
                "lease whose holder used a socket other than the one that poolscope found"
            ),
            (irregularities.unknownPoints, "record of a probe point that the plan does not have"),
            (irregularities.unplacedHandshakes, "TLS handshake whose socket could not be found"),
            (irregularities.unreadableNameMessages, "message to or from a name server that could not be read"),
            (irregularities.unlistedNameQueries, "query to a name server beyond those that poolscope follows"),
            (irregularities.unlistedStacks, "stack beyond those that poolscope keeps"),
            (irregularities.unlistedSites, "acquire of a call site beyond those that poolscope follows"),
        ]
        for (count, noun) in counts where count > 0 {
            page.paragraph("\(count) x \(noun)", first: "  irregular      ")
        }
    }
}
