// SPDX-License-Identifier: Apache-2.0
import Glibc
import TraceModel

/// A few batches of records in a ring between the one thread that fills them and the one that empties them.
///
/// `@unchecked Sendable`: a batch belongs to one of the two threads at any time, and the counts, which are read and written
/// with the lock held, say to which. The lock also makes what one thread has written visible to the other. Mutex of the
/// Synchronization module has no condition to wait for.
final class RecordPipe: @unchecked Sendable {
    /// The emptying side has gone.
    struct Closed: Error {}

    private static let batchCount = 8
    private let batches = UnsafeMutablePointer<RecordBatch>.allocate(capacity: batchCount)
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Only one side can wait at a time: the one for a batch that is filled, the other for one that is empty.
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Batches handed over, and of those the ones given back. Guarded by `lock`, as all below.
    private var filled = 0
    private var emptied = 0
    private var outcome: Result<ReadSummary, any Error>?
    private var isClosed = false

    init() {
        for index in 0..<Self.batchCount { (batches + index).initialize(to: RecordBatch()) }
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
        batches.deinitialize(count: Self.batchCount)
        batches.deallocate()
    }

    /// For the filling thread: runs `pass`, which delivers its records to what it gets. Its outcome, which may be an error,
    /// comes to the other side behind the records.
    func fill(_ pass: ((RecordView) throws -> Void) throws -> ReadSummary) {
        var batch = batches
        let result = Result {
            try pass { record in
                if batch.pointee.append(record) { return }
                batch = try self.next(after: batch)
                // No record is larger than a batch.
                _ = batch.pointee.append(record)
            }
        }
        pthread_mutex_lock(lock)
        if !batch.pointee.isEmpty { filled &+= 1 }
        outcome = result
        pthread_cond_signal(changed)
        pthread_mutex_unlock(lock)
    }

    /// Hands over the batch at hand, and waits for an empty one.
    private func next(after batch: UnsafeMutablePointer<RecordBatch>) throws(Closed) -> UnsafeMutablePointer<
        RecordBatch
    > {
        pthread_mutex_lock(lock)
        filled &+= 1
        pthread_cond_signal(changed)
        while filled &- emptied == Self.batchCount && !isClosed { pthread_cond_wait(changed, lock) }
        let (number, isClosed) = (filled, isClosed)
        pthread_mutex_unlock(lock)
        if isClosed { throw Closed() }
        let next = batches + number % Self.batchCount
        next.pointee.removeAll()
        return next
    }

    /// For the emptying thread: calls `body` with each record, and returns or throws what the pass did. The filling thread ends
    /// soon after, also when `body` throws.
    func empty(_ body: (RecordView) throws -> Void) throws -> ReadSummary {
        defer { close() }
        while let batch = nextFilled() {
            try batch.pointee.forEach(body)
            giveBack()
        }
        guard let outcome else { throw Closed() }
        return try outcome.get()
    }

    /// `nil`: the pass has ended, and all has been emptied.
    private func nextFilled() -> UnsafeMutablePointer<RecordBatch>? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while filled == emptied && outcome == nil { pthread_cond_wait(changed, lock) }
        return filled == emptied ? nil : batches + emptied % Self.batchCount
    }

    /// The other side is woken when half of the batches are empty: at each it would cost a system call a batch.
    private func giveBack() {
        pthread_mutex_lock(lock)
        emptied &+= 1
        if filled &- emptied == Self.batchCount / 2 { pthread_cond_signal(changed) }
        pthread_mutex_unlock(lock)
    }

    private func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_cond_signal(changed)
        pthread_mutex_unlock(lock)
    }
}
