// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// One round trip that took long.
public struct SlowResponse: Hashable, Sendable {
    public var time: Duration
    /// The last send of the request.
    public var request: EventReference
    /// The receive of the first data of the answer.
    public var answer: EventReference

    public init(time: Duration, request: EventReference, answer: EventReference) {
        self.time = time
        self.request = request
        self.answer = answer
    }
}
