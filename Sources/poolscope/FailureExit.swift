// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// Runs a command; what fails is said in a sentence, and the exit code is 2.
func reportingFailure(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let code as ExitCode {
        throw code
    } catch {
        StandardError.write("poolscope: \(error)")
        throw ExitCode(2)
    }
}
