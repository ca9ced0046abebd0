import Foundation

/// The length of a UTC day, in milliseconds.
let millisecondsPerDay: Int64 = 86_400_000

extension Date {
    /// Milliseconds since 1970-01-01T00:00:00Z, rounded to the nearest.
    var utcMilliseconds: Int64 {
        Int64((timeIntervalSince1970 * 1000).rounded())
    }

    /// The moment that lies `utcMilliseconds` milliseconds after 1970-01-01T00:00:00Z.
    init(utcMilliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(utcMilliseconds) / 1000)
    }
}

/// The beginning of the UTC day in which a moment lies; both in milliseconds since 1970.
func startOfDay(_ milliseconds: Int64) -> Int64 {
    let remainder = milliseconds % millisecondsPerDay
    return milliseconds - (remainder < 0 ? remainder + millisecondsPerDay : remainder)
}
