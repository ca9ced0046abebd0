extension Int64 {
    /// The time that this many samples last, in seconds.
    func asSeconds(atRate sampleRateHz: Int) -> Double {
        Double(self) / Double(sampleRateHz)
    }
}

extension Double {
    /// The samples that this many seconds last, rounded to the nearest.
    func asSampleCount(atRate sampleRateHz: Int) -> Int64 {
        Int64((self * Double(sampleRateHz)).rounded())
    }
}
