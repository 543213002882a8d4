// SPDX-License-Identifier: Apache-2.0
import TraceModel

extension TraceReader {
    /// Calls `body` with each record, in the order wanted. A second thread reads, checks, unpacks and sorts meanwhile: a few
    /// batches ahead, never more. Where the process may use one processor only, or gets no thread, the caller's does all.
    ///
    /// `body` is called on the caller's thread, with the records and then the error that a pass without a second thread has.
    /// The second thread has ended when this returns or throws.
    func deliver(in order: RecordOrder, _ body: (RecordView) throws -> Void) throws -> ReadSummary {
        guard readsAhead else { return try pass(in: order, body) }
        let pipe = RecordPipe()
        // Not shared: until the thread is joined, the caller does nothing with the reader but call `body`, which has none of it.
        nonisolated(unsafe) let reader = self
        guard let thread = ReadingThread({ pipe.fill { try reader.pass(in: order, $0) } }) else {
            return try pass(in: order, body)
        }
        let outcome = Result { try pipe.empty(body) }
        thread.join()
        return try outcome.get()
    }
}
