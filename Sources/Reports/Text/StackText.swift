// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// A call chain, innermost first; `>` marks the application's own frame.
enum StackText {
    static func write(_ stack: CallStack, to page: inout TextPage) {
        page.line("   acquired by (innermost first)")
        for (index, frame) in stack.frames.enumerated() {
            let mark = index == stack.applicationFrameIndex ? "   > " : "     "
            let location = Self.location(frame)
            let name = SafeText.sanitized(frame.function)
            if mark.count + name.count + 2 + location.count <= TextPage.width {
                page.line(mark + name + (location.isEmpty ? "" : "  " + location))
            } else {
                page.line(mark + name)
                page.line("         " + location)
            }
        }
    }

    /// `main.handler handlers.go:42`.
    static func place(_ frame: StackFrame) -> String {
        let location = location(frame)
        return SafeText.sanitized(frame.function) + (location.isEmpty ? "" : " " + location)
    }

    /// The file without its folders, which say where it was built; JSON has the whole path.
    static func location(_ frame: StackFrame) -> String {
        guard let file = frame.file, let name = file.split(separator: "/").last else { return "" }
        return SafeText.sanitized(String(name)) + (frame.line.map { ":\($0)" } ?? "")
    }
}
