// SPDX-License-Identifier: Apache-2.0

/// The names in backticks of docs/report-schema.md, in the part on the report of `analyze`.
struct DocumentedKeys {
    /// Keys, and with them the values of which the page names all: `critical`, `armed`.
    private(set) var names: Set<String> = []
    /// Of the numbers of the evidence.
    private(set) var evidence: Set<String> = []

    init(page: String) {
        let report = page.prefix(upTo: page.firstRange(of: "# The list of leases")?.lowerBound ?? page.endIndex)
        var isOfEvidence = false
        for line in report.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("Names in `numbers`") { isOfEvidence = true }
            if line.isEmpty { isOfEvidence = false }
            // Every second part stands between two backticks.
            let quoted = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }.filter(Self.isKey)
            if isOfEvidence { evidence.formUnion(quoted) } else { names.formUnion(quoted) }
        }
        evidence.remove("numbers")
    }

    private static func isKey(_ text: String) -> Bool {
        text.first?.isLowercase == true
            && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    }
}
