// SPDX-License-Identifier: Apache-2.0

/// Who asked a pool for a connection: a goroutine, or a thread where there are none.
public struct Holder: Hashable, Sendable, CustomStringConvertible {
    /// Go's goid; 0: not a goroutine, or not known.
    public var goroutineID: UInt64
    /// The kernel thread that it ran on when it acquired.
    public var threadID: UInt32

    /// - Parameter goroutineID: 0: the thread is the holder.
    public init(goroutineID: UInt64, threadID: UInt32) {
        self.goroutineID = goroutineID
        self.threadID = threadID
    }

    /// As reports name it: by its thread only where it is no goroutine.
    public var description: String {
        goroutineID != 0 ? "goroutine \(goroutineID)" : "thread \(threadID)"
    }
}
