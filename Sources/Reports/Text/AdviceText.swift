// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// Settings that the measurements speak for.
enum AdviceText {
    static func write(_ report: Report, to page: inout TextPage) {
        if report.advice.isEmpty { return }
        page.blank()
        page.line("Advice", style: .heading)
        for advice in report.advice {
            page.paragraph("\(advice.id) of \(advice.subject): \(advice.text)", first: "  - ")
        }
    }
}
