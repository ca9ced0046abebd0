import Detection

extension DetectionSettings {
    /// How long after its onset an event may be announced, in seconds.
    ///
    /// The onset lies somewhere in the first window of those that are smoothed and confirmed, and
    /// what is too short is not announced at all.
    ///
    /// - Parameter windowSeconds: What the network sees at once, in seconds.
    /// - Returns: Seconds, over all classes.
    package func longestAnnouncementSeconds(windowSeconds: Double) -> Double {
        let rules = [defaults] + classes.values
        let longest = rules.map { rule in
            Double(rule.smoothingWindows + rule.confirmationWindows) * hopSeconds
                + rule.minDurationSeconds
        }.max()
        return windowSeconds + (longest ?? 0) + Self.announcementMarginSeconds
    }

    /// For what is rounded to hops on the way, in seconds.
    private static var announcementMarginSeconds: Double { 2 }
}
