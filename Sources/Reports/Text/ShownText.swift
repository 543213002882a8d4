// SPDX-License-Identifier: Apache-2.0

/// What a text report has said already.
struct ShownText {
    private var sentences: Set<[String]> = []
    private var waiters: [[String]: Int] = [:]

    /// `false`: the sentence was said about the subject before.
    mutating func isNew(_ sentence: String, of subject: String) -> Bool {
        sentences.insert([subject, sentence]).inserted
    }

    /// The number of the finding that listed the same waiters of the subject; else notes that `number` does.
    mutating func number(ofWaiters lines: String, of subject: String, elseSet number: Int) -> Int? {
        if let before = waiters[[subject, lines]] { return before }
        waiters[[subject, lines]] = number
        return nil
    }
}
