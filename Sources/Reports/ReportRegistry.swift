// SPDX-License-Identifier: Apache-2.0

/// Every renderer; the first is the default. Help and `--format` derive from it.
public enum ReportRegistry {
    public static let all: [any ReportRenderer] = {
        let renderers: [any ReportRenderer] = [TextRenderer(), JSONRenderer()]
        precondition(Set(renderers.map(\.format)).count == renderers.count, "two renderers have one format")
        return renderers
    }()

    /// `nil`: no renderer of that name.
    public static func renderer(format: String) -> (any ReportRenderer)? { all.first { $0.format == format } }
}
