// SPDX-License-Identifier: Apache-2.0

/// One field of a record, as the schema block of a file describes it.
public struct FieldSchema: Codable, Hashable, Sendable {
    public var name: String
    /// Bytes from the start of the record.
    public var offset: Int
    /// Bytes of one element: 1, 2, 4 or 8.
    public var width: Int
    /// Elements; 1 unless the field is an array.
    public var count: Int
    /// `true`: two's complement.
    public var signed: Bool

    public init(name: String, offset: Int, width: Int, count: Int = 1, signed: Bool = false) {
        self.name = name
        self.offset = offset
        self.width = width
        self.count = count
        self.signed = signed
    }
}
