internal import CSndFile

/// What a recording's file says about itself, where its format has room for it.
package struct RecordingTags: Equatable, Sendable {
    /// What it is.
    package var title: String?
    /// When its first sample was, in RFC 3339.
    package var date: String?
    /// Anything else.
    package var comment: String?
    /// What wrote it; libsndfile adds its own name.
    package var software: String?

    /// Creates the tags from their parts.
    package init(
        title: String? = nil,
        date: String? = nil,
        comment: String? = nil,
        software: String? = nil
    ) {
        self.title = title
        self.date = date
        self.comment = comment
        self.software = software
    }

    /// Reads the tags of an open file.
    init(of file: OpaquePointer) {
        func text(_ kind: Int) -> String? {
            unsafe sf_get_string(file, Int32(kind)).map { unsafe String(cString: $0) }
        }
        self.init(
            title: text(SF_STR_TITLE),
            date: text(SF_STR_DATE),
            comment: text(SF_STR_COMMENT),
            software: text(SF_STR_SOFTWARE)
        )
    }

    /// Writes the tags into a file that has no samples yet.
    ///
    /// A format without room for one leaves it out.
    func write(to file: OpaquePointer) {
        let texts = [
            (SF_STR_TITLE, title), (SF_STR_DATE, date), (SF_STR_COMMENT, comment),
            (SF_STR_SOFTWARE, software),
        ]
        for case (let kind, let text?) in texts {
            _ = unsafe sf_set_string(file, Int32(kind), text)
        }
    }
}
