// SPDX-License-Identifier: Apache-2.0

extension AdapterPoint {
    /// The same point with the offsets of one program, where it has offsets; `nil`: they stay.
    public func located(key: [UInt32]?, shared: UInt32?) -> AdapterPoint {
        var point = self
        if let key, connectionPath.count == key.count { point.connectionPath = key }
        if let shared, sharedOffset != nil { point.sharedOffset = shared }
        return point
    }
}
