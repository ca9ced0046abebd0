package import Foundation
import Glibc

/// Gives events their numbers, each only once for all time.
///
/// The database knows the last one; a small file beside it promises that numbers from its own on
/// were never given, for the time while the database cannot be read or is damaged.
package struct EventNumbers {
    private let path: String
    /// The next number, as far as is known.
    private var next: Int64 = 1
    /// Whether the database, or the promise, has said where to go on.
    private var isCounted = false
    /// Numbers up to this one may be given without asking the disk.
    private var promised: Int64

    private static let numbersPerPromise: Int64 = 100

    /// Looks at what was promised.
    ///
    /// - Parameter folder: Where the file is.
    package init(folder: String) {
        path = "\(folder)/\(Self.fileName)"
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        promised = text.flatMap { Int64($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
    }

    /// The name of the file.
    package static let fileName = "next-event-id"

    /// The number that the next event gets, as far as is known now.
    package var upcoming: Int64 { isCounted ? next : max(next, promised + 1) }

    /// Notes that numbers up to this one are taken, and perhaps others.
    package mutating func raise(past last: Int64) {
        next = max(next, last + 1)
    }

    /// Notes the last number that the database knows.
    package mutating func raise(pastDatabase last: Int64) {
        raise(past: last)
        isCounted = true
    }

    /// Notes that part of the history was lost: numbers of events nobody knows may be taken.
    package mutating func raisePastPromise() {
        raise(past: promised)
    }

    /// The number for one more event.
    ///
    /// While neither the database nor the file says anything, numbers begin with the seconds
    /// since 1970, which no history reaches by counting.
    package mutating func take(now: Date) -> Int64 {
        if !isCounted {
            raise(past: promised > 0 ? promised : Int64(now.timeIntervalSince1970) - 1)
            isCounted = true
        }
        let number = next
        if number > promised { promise(upTo: number + Self.numbersPerPromise) }
        next = number + 1
        return number
    }

    /// Written by write, sync, rename; a disk that is full leaves the promise as it was, and the
    /// spool keeps the numbers.
    private mutating func promise(upTo number: Int64) {
        promised = number
        let partial = path + ".new"
        let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard file >= 0 else { return }
        let text = Array("\(number)\n".utf8)
        let isWritten = write(file, text, text.count) == text.count && fsync(file) == 0
        close(file)
        if isWritten { rename(partial, path) } else { unlink(partial) }
    }
}
