// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// Findings that are known: said, with the reason, and not counted.
enum SuppressedText {
    static func write(_ report: Report, to page: inout TextPage) {
        if report.suppressed.isEmpty, report.idleSuppressions.isEmpty { return }
        page.blank()
        page.line("Suppressed", style: .heading)
        for suppressed in report.suppressed {
            let finding = suppressed.finding
            page.paragraph("\(finding.rule): \(finding.headline) (\(finding.subject))", first: "  - ")
            page.paragraph(suppressed.reason, first: "    because  ")
        }
        for suppression in report.idleSuppressions {
            page.paragraph(
                "no finding matched \(name(suppression)): you can remove the suppression", first: "  - ")
        }
    }

    private static func name(_ suppression: Suppression) -> String {
        [suppression.rule, suppression.subject, suppression.function].compactMap { $0 }.joined(separator: ", ")
    }
}
