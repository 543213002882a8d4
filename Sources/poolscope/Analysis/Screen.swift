// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The terminal while one page after the other fills it; its old content comes back at the end. Where standard output is
/// no terminal, the pages follow each other.
struct Screen {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var isColored: Bool { isTerminal && getenv("NO_COLOR") == nil }

    /// Columns and rows; rows are `nil` where there is no end of them.
    var size: (columns: Int, rows: Int?) {
        var size = winsize()
        guard isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, nil)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// The alternate screen, without a cursor (xterm's control sequences 1049 and 25).
    func open() { if isTerminal { write("\u{1b}[?1049h\u{1b}[?25l") } }

    func close() { if isTerminal { write("\u{1b}[?25h\u{1b}[?1049l") } }

    /// Line by line over the page before, so that nothing flickers.
    func show(_ page: String) {
        guard isTerminal else { return write(page + "\n") }
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map { $0 + "\u{1b}[K" }
        write("\u{1b}[H" + lines.joined(separator: "\n") + "\u{1b}[J")
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            // Nobody looks any more. The recording goes on.
            if count <= 0 { return }
            done += count
        }
    }
}
