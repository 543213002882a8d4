// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// One finding: what happened, where, what shows it, what to do.
enum FindingText {
    private static let groupLimit = 8

    /// - Parameter shown: What findings before this one said: it is not said twice.
    static func write(
        _ finding: Finding, number: Int, _ time: TraceTime, shown: inout ShownText, to page: inout TextPage
    ) {
        page.paragraph(
            "\(finding.severity.rawValue) \(finding.rule): \(finding.headline)", first: "\(number). ",
            style: VerdictText.style(finding.severity))
        page.paragraph(finding.subject.description, first: "   about       ")
        page.paragraph(
            "\(finding.confidence.level.rawValue): \(finding.confidence.reason)", first: "   confidence  ")
        let span =
            finding.lastSeen == finding.firstSeen
            ? time.offset(finding.firstSeen) : "\(time.offset(finding.firstSeen)) to \(time.offset(finding.lastSeen))"
        let wall = time.wall(finding.firstSeen).map { " (\($0))" } ?? ""
        page.paragraph(span + wall, first: "   seen        ")
        page.paragraph(finding.advice, first: "   to do       ")
        if let stack = finding.stack { StackText.write(stack, to: &page) }
        for (index, lease) in finding.leases.enumerated() {
            LeaseText.write(lease, number: index + 1, time, to: &page)
        }
        writeWaiters(finding, number: number, shown: &shown, to: &page)
        let evidence = finding.evidence.filter { shown.isNew($0.text, of: finding.subject.description) }
        if !evidence.isEmpty { page.line("   shown by") }
        for evidence in evidence {
            let events = evidence.events.prefix(3).map(\.description).joined(separator: ", ")
            page.paragraph(evidence.text + (events.isEmpty ? "" : " [\(events)]"), first: "     - ")
        }
    }

    private static func writeWaiters(
        _ finding: Finding, number: Int, shown: inout ShownText, to page: inout TextPage
    ) {
        if finding.waiters.isEmpty { return }
        let lines = finding.waiters.prefix(groupLimit).map(text)
        if let before = shown.number(
            ofWaiters: lines.joined(separator: "\n"), of: finding.subject.description, elseSet: number)
        {
            page.line("   waited for the pool meanwhile: as in \(before)")
            return
        }
        page.line("   waited for the pool meanwhile")
        for line in lines { page.paragraph(line, first: "     ") }
        let more = finding.waiters.count - groupLimit
        if more > 0 { page.line("     and \(more) more call sites") }
    }

    private static func text(_ group: WaiterGroup) -> String {
        let name = group.stack?.site.map { StackText.place($0) } ?? "(stack not known)"
        let still = group.stillWaiting > 0 ? ", \(group.stillWaiting) still waiting" : ""
        return "\(name): \(ReadableText.count(group.waits, "wait")), "
            + "longest \(ReadableText.duration(group.longest))\(still)"
    }
}
