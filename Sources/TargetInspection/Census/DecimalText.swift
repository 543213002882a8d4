// SPDX-License-Identifier: Apache-2.0

/// Decimal numbers in text that the kernel wrote.
enum DecimalText {
    /// The number that starts `text` and ends at the byte `terminator`.
    ///
    /// `nil`: there is no digit, another byte comes first, the terminator is missing, or the number does not fit.
    static func number<Number: FixedWidthInteger>(_ text: UnsafeRawBufferPointer, upTo terminator: UInt8) -> Number? {
        var value: Number = 0
        var hasDigit = false
        for byte in text {
            if byte == terminator { return hasDigit ? value : nil }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = scaled.addingReportingOverflow(Number(byte - UInt8(ascii: "0")))
            if overflow || overflow2 { return nil }
            value = sum
            hasDigit = true
        }
        return nil
    }
}
