// SPDX-License-Identifier: Apache-2.0

/// Lines of at most 80 columns, or as many as told. Everything that is printed passes through it, and so through `SafeText`.
struct TextPage {
    static let width = 80
    private(set) var text = ""
    let isColored: Bool
    let width: Int

    init(isColored: Bool, width: Int = TextPage.width) {
        self.isColored = isColored
        self.width = width
    }

    mutating func blank() { text += "\n" }

    /// One line as it is; the middle of what is too long gives way to `...`.
    mutating func line(_ content: String, style: TextStyle = .plain) {
        text += colored(Self.elided(SafeText.sanitized(content), to: width), style) + "\n"
    }

    /// A paragraph, wrapped at spaces. `first` starts the first line, the others are indented as deep.
    mutating func paragraph(_ content: String, first: String = "", style: TextStyle = .plain) {
        let indent = String(repeating: " ", count: first.count)
        var current = first
        var isEmpty = true
        for word in Self.words(SafeText.sanitized(content)) {
            let room = width - indent.count
            let word = Self.elided(word, to: room)
            if !isEmpty, current.count + 1 + word.count > width {
                text += colored(current, style) + "\n"
                current = indent
                isEmpty = true
            }
            current += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        text += colored(current, style) + "\n"
    }

    /// The parts between which a line may break: a number stays with its unit, and an event with its kind.
    private static func words(_ text: String) -> [String] {
        let units: Set<String> = ["ns", "us", "ms", "s", "min", "h", "B", "KiB", "MiB", "GiB", "%"]
        var words: [String] = []
        for part in text.split(separator: " ").map(String.init) {
            let bare = part.filter { $0.isLetter || $0 == "%" }
            let isUnit = words.last?.last?.isNumber == true && units.contains(bare)
            let isKind = words.last?.drop { $0 == "[" }.first == "#" && words.last?.contains(" ") == false
            if isUnit || isKind, let last = words.popLast() {
                words.append(last + " " + part)
            } else {
                words.append(part)
            }
        }
        return words
    }

    /// Columns as wide as their widest cell; numbers to the right.
    mutating func table(_ rows: [[String]], rightAligned: Set<Int>, indent: String = "  ") {
        let rows = rows.map { $0.map(SafeText.sanitized) }
        let columns = rows.map(\.count).max() ?? 0
        var widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        let total = indent.count + widths.reduce(0, +) + 2 * max(0, columns - 1)
        if total > width, let first = widths.first { widths[0] = max(8, first - (total - width)) }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                let cell = Self.elided(cell, to: widths[column])
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return rightAligned.contains(column) ? padding + cell : cell + padding
            }
            line(indent + Self.trimmed(cells.joined(separator: "  ")))
        }
    }

    static func elided(_ text: String, to width: Int) -> String {
        if text.count <= width { return text }
        if width <= 3 { return String(text.prefix(max(0, width))) }
        let head = (width - 3) / 2
        return text.prefix(head) + "..." + text.suffix(width - 3 - head)
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }

    private func colored(_ line: String, _ style: TextStyle) -> String {
        guard isColored, let code = style.code else { return line }
        return "\u{1b}[\(code)m\(line)\u{1b}[0m"
    }
}
