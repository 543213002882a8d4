// SPDX-License-Identifier: Apache-2.0
public import Diagnosis
import TraceModel

/// The report for a terminal: the verdict first, then what shows it, then what was not seen.
public struct TextRenderer: ReportRenderer {
    public let format = "text"

    public init() {}

    public func render(_ report: Report, _ options: RenderOptions) -> String {
        var page = TextPage(isColored: options.isColored)
        let time = TraceTime(analysis: report.analysis)
        VerdictText.write(report, time, to: &page)
        var shown = ShownText()
        for (index, finding) in report.findings.enumerated() {
            page.blank()
            FindingText.write(finding, number: index + 1, time, shown: &shown, to: &page)
        }
        SuppressedText.write(report, to: &page)
        AdviceText.write(report, to: &page)
        PoolText.write(report.analysis, to: &page)
        LeaseTimeText.write(report.analysis, to: &page)
        EndpointText.write(report.analysis, to: &page)
        BirthText.write(report.analysis, to: &page)
        NameServerText.write(report.analysis, to: &page)
        SumText.write(report.analysis, time, to: &page)
        CoverageText.write(report, time, to: &page)
        return page.text
    }
}
