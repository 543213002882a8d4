// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why a trace could not be written or read, and what to do about it.
public struct TraceFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure, for programs.
    public struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable {
            case exists, isLink, isDirectory, notRegular, notOwned, notFound, permission, cannotOpen, cannotCreate
            case diskFull, writeFailed, readFailed, closed, cannotEncode
            case empty, notATrace, truncated, newerVersion, foreignByteOrder, schemaLost, unsupportedBlock, notWhole
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// Writing: the path is taken.
        public static let exists = Code(.exists)
        public static let isLink = Code(.isLink)
        public static let isDirectory = Code(.isDirectory)
        /// A pipe, a device, a socket.
        public static let notRegular = Code(.notRegular)
        public static let notOwned = Code(.notOwned)
        public static let notFound = Code(.notFound)
        public static let permission = Code(.permission)
        public static let cannotOpen = Code(.cannotOpen)
        public static let cannotCreate = Code(.cannotCreate)
        /// ENOSPC, EDQUOT or EFBIG. What was written before is kept.
        public static let diskFull = Code(.diskFull)
        public static let writeFailed = Code(.writeFailed)
        public static let readFailed = Code(.readFailed)
        /// The writer has finished.
        public static let closed = Code(.closed)
        public static let cannotEncode = Code(.cannotEncode)
        /// Reading: no bytes at all.
        public static let empty = Code(.empty)
        public static let notATrace = Code(.notATrace)
        /// The file ends inside its file header.
        public static let truncated = Code(.truncated)
        public static let newerVersion = Code(.newerVersion)
        public static let foreignByteOrder = Code(.foreignByteOrder)
        /// The schema block is damaged and the schema is not this version's.
        public static let schemaLost = Code(.schemaLost)
        /// A block of a type or codec that this version does not know, and that may not be skipped.
        public static let unsupportedBlock = Code(.unsupportedBlock)
        /// Readable, but a part is damaged or the end is missing.
        public static let notWhole = Code(.notWhole)
    }

    public let code: Code
    /// The file.
    public let path: String
    /// The system's error number; 0: none.
    public let errno: Int32
    /// What failed, without a full stop.
    public let failure: String
    /// What to do, one sentence.
    public let remedy: String

    init(_ code: Code, path: String = "", errno: Int32 = 0, failure: String, remedy: String) {
        self.code = code
        self.path = path
        self.errno = errno
        self.failure = failure
        self.remedy = remedy
    }

    public var description: String {
        let cause = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
        return "\(failure)\(cause). \(remedy)"
    }
}
