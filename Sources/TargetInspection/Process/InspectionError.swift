// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why a process or an executable cannot be inspected. `description` is a sentence, followed by what to do.
public struct InspectionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for code that decides by it.
    public struct Code: Sendable, Hashable {
        private enum Value: Hashable, Sendable {
            case noSuchProcess, notPermitted, processExited, programChanged, notFound, unreadable, notELF, corrupt,
                unsupportedMachine
            case notGo, unsupportedGo, undecodable
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// No process has the PID.
        public static let noSuchProcess = Code(.noSuchProcess)
        /// The kernel refuses to show the process or the file.
        public static let notPermitted = Code(.notPermitted)
        /// The process ended while it was inspected.
        public static let processExited = Code(.processExited)
        /// The process started another program (execve) while it was inspected.
        public static let programChanged = Code(.programChanged)
        /// No file has the path.
        public static let notFound = Code(.notFound)
        /// Another read error; see `errorNumber`.
        public static let unreadable = Code(.unreadable)
        /// The file is not an ELF executable.
        public static let notELF = Code(.notELF)
        /// The file is an ELF executable whose tables contradict each other or end too early.
        public static let corrupt = Code(.corrupt)
        /// The executable is not for x86-64.
        public static let unsupportedMachine = Code(.unsupportedMachine)
        /// The executable was not built by Go.
        public static let notGo = Code(.notGo)
        /// The Go version is not known to this version of poolscope.
        public static let unsupportedGo = Code(.unsupportedGo)
        /// Machine code could not be decoded to the end of a function.
        public static let undecodable = Code(.undecodable)
    }

    /// What callers decide by: the words of `reason` may change.
    public let code: Code
    /// The process, file or function in question.
    public let object: String
    /// `errno` of the failed call; `nil`: no system call failed.
    public let errorNumber: Int32?
    /// What happened, as a sentence without a full stop.
    public let reason: String
    /// What the user can do; a sentence without a full stop.
    public let remedy: String

    /// For the user: what happened, the system's reason if there is one, and the remedy.
    public var description: String {
        let cause = errorNumber.map { ": \(Self.text(ofErrorNumber: $0))" } ?? ""
        return "\(reason)\(cause). \(remedy)."
    }

    private static func text(ofErrorNumber number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}

extension InspectionError {
    static func noSuchProcess(_ processID: Int32) -> Self {
        Self(
            code: .noSuchProcess, object: "\(processID)", errorNumber: nil,
            reason: "There is no process with PID \(processID)",
            remedy: "List processes with `ps -e` and give the PID as this PID namespace sees it")
    }

    static func processExited(_ processID: Int32) -> Self {
        Self(
            code: .processExited, object: "\(processID)", errorNumber: nil,
            reason: "Process \(processID) ended while it was inspected",
            remedy: "Start the program again and give its new PID")
    }

    static func programChanged(_ processID: Int32) -> Self {
        Self(
            code: .programChanged, object: "\(processID)", errorNumber: nil,
            reason: "Process \(processID) started another program while it was inspected",
            remedy: "Run the same command again")
    }

    static func kernelThread(_ processID: Int32) -> Self {
        Self(
            code: .notFound, object: "\(processID)", errorNumber: nil,
            reason: "Process \(processID) has no executable: it is a kernel thread or a zombie",
            remedy: "Give the PID of a running program")
    }

    static func process(_ processID: Int32, cannot action: String, errorNumber: Int32) -> Self {
        switch errorNumber {
        case EACCES, EPERM:
            return Self(
                code: .notPermitted, object: "\(processID)", errorNumber: errorNumber,
                reason: "Cannot \(action) of process \(processID)",
                remedy: "Run as root, or with CAP_SYS_PTRACE")
        case ESRCH: return .processExited(processID)
        default:
            return Self(
                code: .unreadable, object: "\(processID)", errorNumber: errorNumber,
                reason: "Cannot \(action) of process \(processID)",
                remedy: "Check that /proc is mounted and not restricted (hidepid)")
        }
    }

    static func file(_ path: String, cannot action: String, errorNumber: Int32) -> Self {
        let code: Code =
            switch errorNumber {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM: .notPermitted
            default: .unreadable
            }
        let remedy =
            switch code {
            case .notFound: "Check the path"
            case .notPermitted: "Run as root, or as a user who may read the file"
            default: "Check the file and its file system"
            }
        return Self(
            code: code, object: path, errorNumber: errorNumber, reason: "Cannot \(action) \(path)",
            remedy: remedy)
    }

    static func notELF(_ path: String) -> Self {
        Self(
            code: .notELF, object: path, errorNumber: nil, reason: "\(path) is not an ELF executable",
            remedy: "Give a compiled program, not a script or an archive")
    }

    static func corrupt(_ path: String, _ detail: String) -> Self {
        Self(
            code: .corrupt, object: path, errorNumber: nil,
            reason: "\(path) is truncated or corrupt: \(detail)",
            remedy: "Build or install the program again; if its tables are right, report this as a bug")
    }

    static func unsupportedMachine(_ path: String, _ machine: String) -> Self {
        Self(
            code: .unsupportedMachine, object: path, errorNumber: nil,
            reason: "\(path) is built for \(machine)",
            remedy: "Give a 64-bit x86 program")
    }

    /// The program has no such part of Go (`detail`): it is no Go program.
    public static func notGo(_ path: String, _ detail: String) -> Self {
        Self(
            code: .notGo, object: path, errorNumber: nil, reason: "\(path) has no Go \(detail)",
            remedy: "Pools inside the program cannot be seen; its sockets can")
    }

    /// The program is of Go, but of a version that is not known; `detail` says what about it.
    public static func unsupportedGo(_ path: String, _ detail: String) -> Self {
        Self(
            code: .unsupportedGo, object: path, errorNumber: nil, reason: "\(path): \(detail)",
            remedy: "Build the program with Go 1.19 or later, or use a newer poolscope")
    }

    static func undecodable(_ function: String, _ detail: String) -> Self {
        Self(
            code: .undecodable, object: function, errorNumber: nil,
            reason: "The machine code of \(function) cannot be decoded: \(detail)",
            remedy: "This function gets no probe; the others are not affected")
    }
}
