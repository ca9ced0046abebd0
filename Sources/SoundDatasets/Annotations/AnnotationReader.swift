import Glibc
import Platform

/// Reads annotations that were made with other tools.
enum AnnotationReader {
    /// Reads a file of annotations.
    ///
    /// - Parameter path: The path of the file, a text in UTF-8.
    /// - Returns: The annotations in the order of the file.
    /// - Throws: What is wrong, with the number of the line.
    static func read(path: String) throws(AnnotationError) -> [Annotation] {
        try parse(try text(of: path), path: path)
    }

    /// The text of a file.
    ///
    /// - Throws: That it can't be read, or is not UTF-8.
    static func text(of path: String) throws(AnnotationError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.read(path)
        } catch {
            guard error.code != EISDIR else { throw .folder(path: path) }
            let isMissing = error.code == ENOENT || error.code == ENOTDIR
            throw .unreadable(
                path: path,
                reason: isMissing
                    ? "there is no such file" : FileFailure.reason(code: error.code),
                isMissing: isMissing
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .notText(path: path)
        }
        return text
    }

    /// Reads annotations from a text.
    ///
    /// - Parameters:
    ///   - text: The content of a file.
    ///   - path: What errors call the file.
    /// - Returns: The annotations in the order of the text.
    /// - Throws: What is wrong, with the number of the line.
    static func parse(_ text: String, path: String) throws(AnnotationError) -> [Annotation] {
        let lines = TabularText(text).lines
        guard let first = lines.first else { return [] }
        switch AnnotationFormat.recognised(in: first.fields) {
        case .audacity: return try audacity(lines, path: path)
        case .raven: return try raven(lines, path: path)
        case .dcase: return try dcase(lines, path: path)
        }
    }

    /// Reads the lines of a label track.
    static func audacity(
        _ lines: [TabularText.Line],
        path: String
    ) throws(AnnotationError) -> [Annotation] {
        var annotations: [Annotation] = []
        for line in lines {
            let fields = line.fields
            if fields[0] == "\\", !annotations.isEmpty {
                // -1 stands for a bound that is not set.
                let bounds = fields.dropFirst().map { TabularText.seconds($0) ?? -1 }
                guard bounds.count == 2 else {
                    throw badLine(line, path, "a backslash, low and high frequency")
                }
                annotations[annotations.count - 1].lowHz = bounds[0] < 0 ? nil : bounds[0]
                annotations[annotations.count - 1].highHz = bounds[1] < 0 ? nil : bounds[1]
                continue
            }
            guard fields.count >= 2, let span = span(fields[0], fields[1]) else {
                throw badLine(line, path, "begin and end in seconds and a label, with tabs between")
            }
            let label = fields.dropFirst(2).joined(separator: " ")
            annotations.append(
                Annotation(startSeconds: span.start, endSeconds: span.end, label: label)
            )
        }
        return annotations
    }

    private static func raven(
        _ lines: [TabularText.Line],
        path: String
    ) throws(AnnotationError) -> [Annotation] {
        let header = lines[0].fields
        let begin = try column(RavenColumns.beginTime, in: header, path: path)
        let end = try column(RavenColumns.endTime, in: header, path: path)
        let offset = header.firstIndex(of: RavenColumns.fileOffset)
        let file = header.firstIndex(of: RavenColumns.beginFile)
        let filePath = header.firstIndex(of: RavenColumns.beginPath)
        let low = header.firstIndex(of: RavenColumns.lowFrequency)
        let high = header.firstIndex(of: RavenColumns.highFrequency)
        let label = RavenColumns.labels.compactMap { header.firstIndex(of: $0) }.first
        // A selection is listed once for each view that it is shown in.
        let view = header.firstIndex(of: "View")
        var annotations: [Annotation] = []
        for line in lines.dropFirst() {
            func field(_ index: Int?) -> String? {
                index.flatMap { $0 < line.fields.count ? line.fields[$0] : nil }
            }
            func filledField(_ index: Int?) -> String? {
                field(index).flatMap { $0.isEmpty ? nil : $0 }
            }
            if let view = field(view), view.hasPrefix("Waveform") { continue }
            guard let times = span(field(begin) ?? "", field(end) ?? "") else {
                throw badLine(line, path, "begin and end time in seconds, as the header says")
            }
            // In a table of several files the begin time counts from the first of them.
            var start = times.start
            if let text = filledField(offset) {
                guard let seconds = TabularText.seconds(text), seconds >= 0 else {
                    throw badLine(line, path, "the offset in the file in seconds, 0 or more")
                }
                start = seconds
            }
            let recordingPath = filledField(filePath)
            annotations.append(
                Annotation(
                    file: filledField(file) ?? recordingPath.map(fileName),
                    path: recordingPath,
                    startSeconds: start,
                    endSeconds: start + times.end - times.start,
                    label: field(label) ?? "",
                    lowHz: field(low).flatMap(TabularText.seconds),
                    highHz: field(high).flatMap(TabularText.seconds)
                )
            )
        }
        return annotations
    }

    /// The last part of a path of this system or of Windows.
    private static func fileName(_ path: String) -> String {
        path.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? path
    }

    private static func dcase(
        _ lines: [TabularText.Line],
        path: String
    ) throws(AnnotationError) -> [Annotation] {
        let header = lines[0].fields.map { $0.lowercased() }
        let hasHeader = header.contains("onset")
        let onset: Int
        let file: Int?
        let label: Int
        let offset: Int
        if hasHeader {
            onset = try column("onset", in: header, path: path)
            offset = try column("offset", in: header, path: path)
            label = try column("event_label", in: header, path: path)
            file = header.firstIndex(of: "filename")
        } else {
            let hasFile = TabularText.seconds(header[0]) == nil
            onset = hasFile ? 1 : 0
            offset = onset + 1
            label = onset + 2
            file = hasFile ? 0 : nil
        }
        var annotations: [Annotation] = []
        for line in lines.dropFirst(hasHeader ? 1 : 0) {
            let fields = line.fields
            // A file without sounds stands alone on its line.
            if hasHeader, file != nil, fields.dropFirst().allSatisfy(\.isEmpty) { continue }
            guard max(onset, offset, label, file ?? 0) < fields.count,
                let span = span(fields[onset], fields[offset])
            else {
                throw badLine(line, path, "file name, onset, offset and label, with tabs between")
            }
            annotations.append(
                Annotation(
                    file: file.map { fields[$0] },
                    startSeconds: span.start,
                    endSeconds: span.end,
                    label: fields[label]
                )
            )
        }
        return annotations
    }

    /// Two times in order.
    private static func span(_ begin: String, _ end: String) -> (start: Double, end: Double)? {
        guard let start = TabularText.seconds(begin), let end = TabularText.seconds(end),
            start <= end
        else { return nil }
        return (start, end)
    }

    private static func column(
        _ name: String,
        in header: [String],
        path: String
    ) throws(AnnotationError) -> Int {
        guard let index = header.firstIndex(of: name) else {
            throw .missingColumn(path: path, column: name, found: header)
        }
        return index
    }

    private static func badLine(
        _ line: TabularText.Line,
        _ path: String,
        _ expected: String
    ) -> AnnotationError {
        .badLine(
            path: path,
            line: line.number,
            found: line.fields.joined(separator: " "),
            expected: expected
        )
    }
}
