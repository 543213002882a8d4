// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Closes descriptors on threads of their own: to close a link or an event, the kernel waits for a grace period.
enum DescriptorClosing {
    private final class Batch: Sendable {
        let descriptors: [Int32]
        init(_ descriptors: [Int32]) { self.descriptors = descriptors }
    }

    /// All at once, so that they wait for the same grace period. Returns when all are closed.
    static func together(_ descriptors: [Int32]) {
        for thread in descriptors.map({ start([$0]) }) {
            if let thread { pthread_join(thread, nil) }
        }
    }

    /// One after the other, while the caller goes on. An exit of the process waits for those that are left.
    static func meanwhile(_ descriptors: [Int32]) {
        if !descriptors.isEmpty, let thread = start(descriptors) { pthread_detach(thread) }
    }

    /// `nil`: there can be no thread, and they are closed.
    private static func start(_ descriptors: [Int32]) -> pthread_t? {
        let batch = Unmanaged.passRetained(Batch(descriptors))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                for descriptor in Unmanaged<Batch>.fromOpaque(argument).takeRetainedValue().descriptors {
                    close(descriptor)
                }
                return nil
            }, batch.toOpaque())
        if code == 0 { return thread }
        for descriptor in batch.takeRetainedValue().descriptors { close(descriptor) }
        return nil
    }
}
