// SPDX-License-Identifier: Apache-2.0
public import Diagnosis

/// The report for programs: docs/report-schema.md describes each key.
public struct JSONRenderer: ReportRenderer {
    /// Raised when a key is removed or changes its meaning; a new key does not raise it.
    public static let schema = "poolscope.report/2"
    public let format = "json"

    public init() {}

    public func render(_ report: Report, _ options: RenderOptions) -> String {
        ReportJSON(report: report).document.text + "\n"
    }
}
