import Foundation
import MonitorClient

/// The spectrogram of the last seconds in a terminal's characters, the newest at the right.
struct WatchPicture {
    /// What one column of the terminal stands for.
    static let secondsPerColumn = 0.2
    /// The columns that the frequencies beside it take.
    static let axisWidth = 9
    private static let mostColumns = 500
    /// The levels between the darkest and the brightest, in dBFS.
    private static let levels = -95.0 ... -25.0
    /// From dark to bright, so that also those see it who see no colours (xterm's numbers).
    private static let colors = [
        16, 17, 18, 54, 55, 90, 126, 162, 197, 203, 209, 215, 221, 227, 229, 231,
    ]
    private static let shades = [" ", "░", "▒", "▓", "█"]

    private var header: SpectrogramHeader?
    private var columns: [(place: Int, levels: [UInt8])] = []

    /// Takes over the header or the next column.
    mutating func add(_ message: SpectrogramMessage) {
        switch message {
        case .header(let header):
            if header != self.header { columns = [] }
            self.header = header
        case .column(let time, let levels):
            let place = Int((time / Self.secondsPerColumn).rounded(.down))
            if let last = columns.indices.last, columns[last].place == place {
                // The loudest of what one column of the terminal stands for.
                columns[last].levels = zip(columns[last].levels, levels).map { max($0, $1) }
            } else {
                columns.append((place, levels))
            }
            if columns.count > Self.mostColumns { columns.removeFirst() }
        }
    }

    /// The picture: with colours two rows of it in a line, else one.
    func lines(width: Int, height: Int, colored isColored: Bool) -> [String] {
        guard width > Self.axisWidth else {
            return Array(repeating: String(repeating: " ", count: width), count: height)
        }
        let rowsPerLine = isColored ? 2 : 1
        let rows = height * rowsPerLine
        let shown = visible(width - Self.axisWidth)
        return (0..<height).map { line in
            let cells = shown.map { levels in
                (0..<rowsPerLine).map { row in
                    brightness(levels, row: line * rowsPerLine + row, of: rows)
                }
            }
            let axis = line % 3 == 0 ? frequency(row: line * rowsPerLine, of: rows) : ""
            let margin = TerminalText.fitted(axis, to: Self.axisWidth - 1, trailing: true) + " "
            return TerminalStyle.styled(margin, TerminalStyle.dim, isColored)
                + (isColored ? Self.colored(cells) : Self.shaded(cells))
        }
    }

    /// The levels of each column of the terminal; nil where nothing was heard.
    private func visible(_ width: Int) -> [[UInt8]?] {
        let latest = columns.last?.place ?? 0
        var shown = [[UInt8]?](repeating: nil, count: width)
        for column in columns.reversed() {
            let index = width - 1 - (latest - column.place)
            guard (0..<width).contains(index) else { continue }
            shown[index] = column.levels
        }
        return shown
    }

    /// The bands that a row stands for, the highest in row 0.
    private func bands(row: Int, of rows: Int) -> Range<Int> {
        let count = header?.bands ?? 0
        guard rows > 0, count > 0 else { return 0..<0 }
        let low = count * (rows - 1 - row) / rows
        return low..<max(low + 1, count * (rows - row) / rows)
    }

    private func frequency(row: Int, of rows: Int) -> String {
        let bands = bands(row: row, of: rows)
        guard let header, !bands.isEmpty else { return "" }
        let hertz = header.frequenciesHz[min(bands.upperBound - 1, header.bands - 1)]
        return hertz >= 1_000
            ? String(format: "%.1f kHz", hertz / 1_000) : String(format: "%.0f Hz", hertz)
    }

    /// 0...1 of a row of a column; nil where nothing was heard.
    private func brightness(_ levels: [UInt8]?, row: Int, of rows: Int) -> Double? {
        guard let levels, let header else { return nil }
        let loudest = bands(row: row, of: rows).map { levels[$0] }.max() ?? 0
        let level = header.floorDB + header.stepDB * Double(loudest)
        let span = Self.levels.upperBound - Self.levels.lowerBound
        return max(0, min(1, (level - Self.levels.lowerBound) / span))
    }

    private static func colored(_ cells: [[Double?]]) -> String {
        var (text, last) = ("", "")
        for cell in cells {
            let codes = cell.map { part in
                part.map { colors[Int($0 * Double(colors.count - 1))] }
            }
            let style =
                if let upper = codes[0], let lower = codes[1] {
                    "\u{1B}[38;5;\(upper);48;5;\(lower)m"
                } else { "\u{1B}[0m" }
            if style != last { text += style }
            last = style
            text += codes[0] == nil ? " " : "▀"
        }
        return text + "\u{1B}[0m"
    }

    private static func shaded(_ cells: [[Double?]]) -> String {
        cells.map { cell in
            cell[0].map { shades[Int($0 * Double(shades.count - 1))] } ?? " "
        }.joined()
    }
}
