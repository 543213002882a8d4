// SPDX-License-Identifier: Apache-2.0

/// A package's path as the Go linker writes it before the name of a function or a type.
public enum GoPackagePath {
    /// `gopkg.in/yaml.v3` is `gopkg.in/yaml%2ev3` (cmd/internal/objabi, `PathToPrefix`): dots after the last slash, and
    /// what is not printable, are written as `%` and two hexadecimal digits.
    public static func escaped(_ path: String) -> String {
        let bytes = Array(path.utf8)
        let lastSlash = bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: ".") && index > lastSlash || byte <= UInt8(ascii: " ") || byte >= 0x7f
                || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\"")
            {
                result += Array("%".utf8) + Array(Hexadecimal.text([byte]).utf8)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
