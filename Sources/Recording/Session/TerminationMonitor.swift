// SPDX-License-Identifier: Apache-2.0
import CSystemCalls
import Glibc

/// Waits between drains for what ends a recording: a signal, the target's exit. Nothing is missed in between, as both
/// are descriptors that stay readable.
final class TerminationMonitor {
    enum Event { case none, signal, targetExit }

    private let signals: Int32
    private let target: Int32
    private let processID: Int32

    /// Takes over SIGINT, SIGTERM and SIGHUP of this thread. A limit on the size of files is left to the writer to meet
    /// as an error (EFBIG): the signal would end the recording without its end.
    init(processID: Int32) {
        signal(SIGXFSZ, SIG_IGN)
        signals = ps_stop_signals()
        target = ps_pidfd_open(processID)
        self.processID = processID
    }

    deinit {
        if signals >= 0 { close(signals) }
        if target >= 0 { close(target) }
    }

    func wait(milliseconds: Int32) -> Event {
        var polled = [
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            pollfd(fd: target, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&polled, nfds_t(polled.count), milliseconds)
        if polled[0].revents & Int16(POLLIN) != 0 { return .signal }
        // Before 5.3 there is no pidfd: signal 0 asks whether the process is there.
        let exited = target >= 0 ? polled[1].revents != 0 : kill(processID, 0) != 0 && errno == ESRCH
        return exited ? .targetExit : .none
    }
}
