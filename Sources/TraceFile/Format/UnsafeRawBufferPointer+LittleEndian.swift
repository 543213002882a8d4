// SPDX-License-Identifier: Apache-2.0

extension UnsafeRawBufferPointer {
    /// The little-endian integer at `offset`, which the caller has checked to lie inside.
    func littleEndian<T: FixedWidthInteger>(at offset: Int, as type: T.Type = T.self) -> T {
        T(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Writes `value` as little-endian at `offset`, which the caller has checked to lie inside.
    func storeLittleEndian<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }
}
