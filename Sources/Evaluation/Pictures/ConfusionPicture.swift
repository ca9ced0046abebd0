/// A confusion matrix as a picture: a row for what was played, a column for what was named.
///
/// The brighter a field, the larger its share of the row; the number is the count.
package struct ConfusionPicture {
    private let labels: [String]
    private let counts: [[Int]]

    private static let margin = 8
    private static let fieldHeight = 18

    /// Lays the picture out.
    ///
    /// - Parameters:
    ///   - labels: The names of the classes, at least one.
    ///   - counts: How often a class (row) was given a class (column).
    package init(labels: [String], counts: [[Int]]) {
        precondition(
            !labels.isEmpty && counts.count == labels.count
                && counts.allSatisfy { $0.count == labels.count },
            "A row and a column for each class"
        )
        self.labels = labels
        self.counts = counts
    }

    /// The bytes of the picture as a PNG file.
    ///
    /// - Throws: That libpng refuses it.
    package func png() throws(PictureError) -> [UInt8] {
        try PNGFile.bytes(of: draw())
    }

    /// Draws everything.
    func draw() -> PixelCanvas {
        let names = labels.map { PixelCanvas.width(of: $0) }.max() ?? 0
        let digits = counts.joined().map { PixelCanvas.width(of: "\($0)") }.max() ?? 0
        let fieldWidth = max(digits + 6, 26)
        let left = Self.margin + names + 6
        let top = Self.margin + names + 6
        var canvas = PixelCanvas(
            width: left + fieldWidth * labels.count + Self.margin,
            height: top + Self.fieldHeight * labels.count + Self.margin,
            filledWith: .paper
        )
        for (index, label) in labels.enumerated() {
            let y = top + index * Self.fieldHeight + (Self.fieldHeight - PixelFont.height) / 2
            canvas.write(label, x: left - 4 - PixelCanvas.width(of: label), y: y, .ink)
            canvas.writeUpwards(
                label,
                x: left + index * fieldWidth + (fieldWidth - PixelFont.height) / 2,
                y: top - 4,
                .ink
            )
        }
        for (row, values) in counts.enumerated() {
            let sum = Float(max(values.reduce(0, +), 1))
            for (column, count) in values.enumerated() {
                let share = Float(count) / sum
                let x = left + column * fieldWidth
                let y = top + row * Self.fieldHeight
                let color = PixelColor.level(share)
                canvas.fill(
                    x: x + 1..<x + fieldWidth,
                    y: y + 1..<y + Self.fieldHeight,
                    color
                )
                guard count > 0 else { continue }
                let text = "\(count)"
                canvas.write(
                    text,
                    x: x + (fieldWidth - PixelCanvas.width(of: text)) / 2 + 1,
                    y: y + (Self.fieldHeight - PixelFont.height) / 2 + 1,
                    share > 0.6 ? .black : .ink
                )
            }
        }
        return canvas
    }
}
