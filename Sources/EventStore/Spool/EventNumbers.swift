package import Foundation
import Glibc
import Platform

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
    /// The greatest number that is believed: JSON keeps whole numbers up to there.
    package static let greatest: Int64 = 1 << 53

    /// Looks at what was promised.
    ///
    /// - Parameter folder: Where the file is.
    package init(folder: String) {
        path = "\(folder)/\(Self.fileName)"
        promised = (try? Self.promise(at: path)) ?? 0
    }

    /// Why nothing can be believed of the file at a path.
    private struct Damage: Error {
        let reason: String
    }

    /// What the file promises; 0 if it is not there.
    private static func promise(at path: String) throws(Damage) -> Int64 {
        if let obstacle = StateFile.obstacle(at: path) { throw Damage(reason: obstacle.reason) }
        guard let data = FileManager.default.contents(atPath: path) else { return 0 }
        if let reason = StateFile.emptiness(of: data) { throw Damage(reason: reason) }
        let text = String(decoding: data, as: UTF8.self)
        guard let number = Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)),
            (0...greatest).contains(number)
        else { throw Damage(reason: "it contains no event number") }
        return number
    }

    /// Why the file in a folder is damaged; nil if it is not, or is not there.
    package static func damage(inFolder folder: String) -> String? {
        do throws(Damage) {
            _ = try promise(at: "\(folder)/\(fileName)")
            return nil
        } catch {
            return error.reason
        }
    }

    /// The name of the file.
    package static let fileName = "next-event-id"

    /// The number that the next event gets, as far as is known now.
    package var upcoming: Int64 { isCounted ? next : max(next, promised + 1) }

    /// The last number that was given, or may have been, as far as is known now.
    package var lastGiven: Int64 { upcoming - 1 }

    /// Goes on after this number at the earliest.
    package mutating func raise(past last: Int64) {
        guard last < Self.greatest else { return }
        next = max(next, last + 1)
    }

    /// Goes on after the last number in the database.
    ///
    /// A promise that lies further ahead than a run can have left it says that this is an older
    /// database, restored from a copy: the events of the later one had numbers, too.
    package mutating func raise(pastDatabase last: Int64) {
        raise(past: last)
        if promised - Self.numbersPerPromise > last { raisePastPromise() }
        isCounted = true
    }

    /// Goes on after the promise: part of the history, and the numbers in it, was lost.
    package mutating func raisePastPromise() {
        raise(past: promised)
    }

    /// The number for one more event.
    ///
    /// While neither the database nor the file says anything, numbers begin with the seconds
    /// since 1970, which no history reaches by counting.
    package mutating func allocate(now: Date) -> Int64 {
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
