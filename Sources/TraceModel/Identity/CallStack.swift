// SPDX-License-Identifier: Apache-2.0

/// The call chain of a user stack, innermost first, with its source locations.
public struct CallStack: Hashable, Sendable {
    /// Inlined calls are frames of their own.
    public var frames: [StackFrame]

    /// The function of a pool that was called, which is not the application's own code wherever it is; `nil`: none.
    public var poolFunction: String?

    /// - Parameter poolFunction: the function whose probe took the stack; `nil`: it is of no call into a pool.
    public init(frames: [StackFrame], poolFunction: String? = nil) {
        self.frames = frames
        self.poolFunction = poolFunction
    }

    /// The index of the innermost frame that is the application's own code: where a person would look first.
    ///
    /// `nil`: every frame belongs to the runtime, the standard library or a known database library.
    public var applicationFrameIndex: Int? {
        frames.firstIndex { $0.origin == .application && $0.function != poolFunction }
    }

    /// The frame to name the stack by: the application's, else the outermost that is known.
    public var site: StackFrame? {
        applicationFrameIndex.map { frames[$0] } ?? frames.last { $0.origin != .unknown }
            ?? frames.first
    }

    /// The frames from the application's innermost one outwards: what makes two acquires the same call site, whichever
    /// way through the library they took. The whole stack where no frame is the application's.
    public var callers: ArraySlice<StackFrame> { frames[(applicationFrameIndex ?? 0)...] }
}
