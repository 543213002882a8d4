// SPDX-License-Identifier: Apache-2.0
import Glibc

// One maker per failure, so that each text stands in one place.
extension TraceFileError {
    static func exists(_ path: String) -> Self {
        Self(
            .exists, path: path, errno: EEXIST, failure: "Cannot create trace file \(path)",
            remedy: "Choose another name, or replace the file with --force.")
    }

    static func isLink(_ path: String) -> Self {
        Self(
            .isLink, path: path, errno: ELOOP, failure: "Cannot create trace file \(path), which is a symbolic link",
            remedy: "Links are never followed: name the file itself, or remove the link.")
    }

    static func notReplaceable(_ path: String, isDirectory: Bool) -> Self {
        Self(
            isDirectory ? .isDirectory : .notRegular, path: path,
            failure:
                "Cannot create trace file \(path): it is a \(isDirectory ? "directory" : "pipe, socket or device")",
            remedy: "Name a file, such as app.pscope.")
    }

    static func notOwned(_ path: String) -> Self {
        Self(
            .notOwned, path: path, errno: EPERM, failure: "Cannot replace \(path), which belongs to another user",
            remedy: "Choose another name.")
    }

    static func cannotCreate(_ path: String, _ number: Int32) -> Self {
        switch number {
        case ENOENT, ENOTDIR:
            Self(
                .notFound, path: path, errno: number, failure: "Cannot create trace file \(path)",
                remedy: "Create its folder first.")
        case EACCES, EPERM, EROFS:
            Self(
                .permission, path: path, errno: number, failure: "Cannot create trace file \(path)",
                remedy: "Choose a folder that you may write to.")
        case ENOSPC, EDQUOT:
            Self(
                .diskFull, path: path, errno: number, failure: "Cannot create trace file \(path)",
                remedy: "Free some space, or choose another disk.")
        default:
            Self(
                .cannotCreate, path: path, errno: number, failure: "Cannot create trace file \(path)",
                remedy: "Choose another name or folder.")
        }
    }

    static func writeFailed(_ path: String, _ number: Int32, savedBytes: UInt64, savedRecords: UInt64) -> Self {
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(number)
        return Self(
            isFull ? .diskFull : .writeFailed, path: path, errno: number,
            failure: "Cannot go on writing trace file \(path) (\(savedRecords) records, \(savedBytes) bytes are saved)",
            remedy: isFull
                ? "The trace is readable up to here; free some space, or record to another disk."
                : "The trace is readable up to here; check the disk.")
    }

    static func closed(_ path: String) -> Self {
        Self(
            .closed, path: path, failure: "Cannot write to trace file \(path): it is finished",
            remedy: "Create a new trace.")
    }

    static func cannotEncode(_ object: String, _ error: any Error) -> Self {
        Self(
            .cannotEncode, failure: "Cannot write the \(object) of a trace as JSON (\(error))",
            remedy: "This is a mistake in poolscope: please report it.")
    }

    static func cannotOpen(_ path: String, _ number: Int32) -> Self {
        let (code, remedy): (Code, String) =
            switch number {
            case ENOENT, ENOTDIR: (.notFound, "Check the path.")
            case EACCES, EPERM:
                (.permission, "Traces are readable by their owner only: run as that user, or copy the file.")
            default: (.cannotOpen, "Check the path and the disk.")
            }
        return Self(code, path: path, errno: number, failure: "Cannot open trace file \(path)", remedy: remedy)
    }

    static func isDirectory(_ path: String) -> Self {
        Self(
            .isDirectory, path: path, errno: EISDIR, failure: "Cannot open trace file \(path)",
            remedy: "Name a file made by poolscope record.")
    }

    static func notRegular(_ path: String) -> Self {
        Self(
            .notRegular, path: path, failure: "Cannot read \(path): it is not a regular file",
            remedy: "Save the trace to a file first.")
    }

    static func readFailed(_ path: String, _ number: Int32) -> Self {
        Self(
            .readFailed, path: path, errno: number, failure: "Cannot read trace file \(path)",
            remedy: "Check the disk, and copy the file to another one.")
    }

    static func empty(_ path: String) -> Self {
        Self(
            .empty, path: path, failure: "Trace file \(path) is empty",
            remedy: "Record again: the recorder ended before it wrote anything, or the copy failed.")
    }

    static func notATrace(_ path: String) -> Self {
        Self(
            .notATrace, path: path, failure: "\(path) is not a poolscope trace",
            remedy: "Name a file made by poolscope record.")
    }

    static func truncatedHeader(_ path: String, size: UInt64) -> Self {
        Self(
            .truncated, path: path, failure: "Trace file \(path) was cut off after \(size) bytes, inside its header",
            remedy: "Nothing can be read from it: record again, or copy it again.")
    }

    static func newerVersion(_ path: String, what: String, file: UInt32, reader: UInt32) -> Self {
        Self(
            .newerVersion, path: path,
            failure: "Trace file \(path) has \(what) version \(file), and this poolscope reads up to version \(reader)",
            remedy: "Use a poolscope at least as new as the one that recorded it.")
    }

    static func foreignByteOrder(_ path: String) -> Self {
        Self(
            .foreignByteOrder, path: path, failure: "Trace file \(path) has an unknown byte order",
            remedy: "Traces are little-endian: the file was converted or made by another program.")
    }

    static func schemaLost(_ path: String) -> Self {
        Self(
            .schemaLost, path: path,
            failure: "The schema of trace file \(path) is damaged, and it is not the schema of this poolscope",
            remedy: "Use the version of poolscope that recorded the file: it knows the schema.")
    }

    static func unsupportedBlock(_ path: String, type: UInt16, codec: UInt8, offset: UInt64) -> Self {
        Self(
            .unsupportedBlock, path: path,
            failure: "Trace file \(path) needs a block at byte \(offset) of type \(type), codec \(codec), unknown here",
            remedy: "Use a poolscope at least as new as the one that recorded it.")
    }

    static func notWhole(_ path: String, isDamaged: Bool) -> Self {
        Self(
            .notWhole, path: path,
            failure: isDamaged
                ? "Trace file \(path) is damaged: what is missing may hold findings"
                : "Trace file \(path) was cut off before its end: what is missing may hold findings",
            remedy: "The rest was read and is reported; copy the file again, or record again.")
    }
}
