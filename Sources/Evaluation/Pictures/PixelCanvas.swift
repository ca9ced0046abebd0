/// A picture in memory that can be drawn on; what lies outside is cut off.
struct PixelCanvas {
    let width: Int
    let height: Int

    /// Three bytes a pixel (red, green, blue), row by row from the top.
    private(set) var bytes: [UInt8]

    /// An empty picture.
    init(width: Int, height: Int, filledWith color: PixelColor) {
        precondition(width > 0 && height > 0, "A picture has at least one pixel")
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: 0, count: width * height * 3)
        fill(x: 0..<width, y: 0..<height, color)
    }

    /// The colour of a pixel that lies inside.
    func color(x: Int, y: Int) -> PixelColor {
        let start = (y * width + x) * 3
        return PixelColor(bytes[start], bytes[start + 1], bytes[start + 2])
    }

    /// Colours one pixel.
    mutating func set(x: Int, y: Int, _ color: PixelColor) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let start = (y * width + x) * 3
        bytes[start] = color.red
        bytes[start + 1] = color.green
        bytes[start + 2] = color.blue
    }

    /// Colours a rectangle.
    mutating func fill(x: Range<Int>, y: Range<Int>, _ color: PixelColor) {
        for row in y.clamped(to: 0..<height) {
            for column in x.clamped(to: 0..<width) {
                set(x: column, y: row, color)
            }
        }
    }

    /// Writes a line of text; `x` and `y` are its upper left corner.
    mutating func write(_ text: String, x: Int, y: Int, _ color: PixelColor) {
        for (index, letter) in text.enumerated() {
            for (row, bits) in PixelFont.rows(of: letter).enumerated() {
                for column in 0..<5 where bits & (0b10000 >> UInt8(column)) != 0 {
                    set(x: x + index * PixelFont.advance + column, y: y + row, color)
                }
            }
        }
    }

    /// Writes a line of text from below; `x` and `y` are the lower left corner of its first letter.
    mutating func writeUpwards(_ text: String, x: Int, y: Int, _ color: PixelColor) {
        for (index, letter) in text.enumerated() {
            for (row, bits) in PixelFont.rows(of: letter).enumerated() {
                for column in 0..<5 where bits & (0b10000 >> UInt8(column)) != 0 {
                    set(x: x + row, y: y - index * PixelFont.advance - column, color)
                }
            }
        }
    }

    /// The width of a line of text in pixels.
    static func width(of text: String) -> Int {
        text.count * PixelFont.advance
    }
}
