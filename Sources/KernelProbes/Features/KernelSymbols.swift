// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The names in /proc/kallsyms: a function without BTF may still be probed.
enum KernelSymbols {
    private static let names: Set<String> = read()

    static func contains(_ name: String) -> Bool { names.contains(name) }

    private static func read() -> Set<String> {
        guard let file = fopen("/proc/kallsyms", "re") else { return [] }
        defer { fclose(file) }
        var names: Set<String> = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let text = line {
            let fields = String(cString: text).split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\t" })
            if fields.count >= 3, fields[1] == "t" || fields[1] == "T" { names.insert(String(fields[2])) }
        }
        return names
    }
}
