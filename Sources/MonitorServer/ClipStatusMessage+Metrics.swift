import Messages

extension ClipStatusMessage {
    /// The state of the clips as numbers for Prometheus.
    var metrics: [MetricFamily] {
        [
            .single("earwitness_clips", "Clips that are kept.", Double(count)),
            .single("earwitness_clips_bytes", "Space that clips take.", Double(sizeBytes)),
            .single(
                "earwitness_clips_max_bytes",
                "Space that clips may take.",
                Double(maxSizeBytes)
            ),
            .single(
                "earwitness_clips_waiting",
                "Clips that wait in memory to be written.",
                Double(waiting)
            ),
            .single(
                "earwitness_clips_fault",
                "1 while clips cannot be written.",
                fault == nil ? 0 : 1
            ),
            .single("earwitness_clips_written_total", "Clips written.", Double(written), .counter),
            .single(
                "earwitness_clips_dropped_total",
                "Clips that could not be written.",
                Double(dropped),
                .counter
            ),
            .single(
                "earwitness_clips_expired_total",
                "Clips removed by age or for space.",
                Double(expired),
                .counter
            ),
        ]
    }
}
