extension FrontEnd {
    /// The same front end up to its bands, without what is done to each model's taste afterwards.
    ///
    /// Front ends that are equal in this differ in the normalisation, the order of the axes or the
    /// repetition in channels: one `FeatureExtractor` does the work of all of them, and a
    /// `FrameNormalizer` each the rest.
    package var unnormalised: FrontEnd {
        var frontEnd = self
        frontEnd.normalisation = .none
        frontEnd.layout = .framesByBands
        frontEnd.channelCount = 1
        return frontEnd
    }

    /// The normalisation that `FeatureExtractor` applies to each frame; none where it is left to
    /// `PatchNormalizer`.
    package var frameNormalisation: Normalisation { needsWholePatch ? .none : normalisation }
}
