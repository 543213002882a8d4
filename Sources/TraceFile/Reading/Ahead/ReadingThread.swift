// SPDX-License-Identifier: Apache-2.0
import CSystemCalls
import Glibc

/// A thread that its owner waits for: none is left when this value is gone.
struct ReadingThread: ~Copyable {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: pthread_t

    /// Starts `body`; `nil`: the system has no thread for it.
    ///
    /// The thread takes no signals: they are for the one that was there before.
    init?(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body))
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard code == 0 else {
            work.release()
            return nil
        }
        self.thread = thread
    }

    deinit { pthread_join(thread, nil) }

    /// Waits for its end.
    consuming func join() {}

    /// Whether two threads of this process can run at the same time, as far as the system tells.
    static let hasSecondProcessor = ps_allowed_processors() != 1
}
