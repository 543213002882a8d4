// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// Sees what goes into a trace as it is written: the live view's source. Called on the writer's thread.
public protocol TraceObserver: AnyObject {
    /// A record that the writer took, as its C struct, in the order of the file. The bytes are valid during the call only.
    func observe(kind: UInt16, bytes: UnsafeRawBufferPointer)

    func observe(_ metadata: TraceMetadata)
}
