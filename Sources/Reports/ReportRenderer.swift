// SPDX-License-Identifier: Apache-2.0
public import Diagnosis

/// One form of output. One file each; `ReportRegistry.all` lists them.
public protocol ReportRenderer: Sendable {
    /// What `--format` takes.
    var format: String { get }
    /// The whole output with its last line end. The same report and options give the same bytes.
    func render(_ report: Report, _ options: RenderOptions) -> String
}
