import CPNG

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

    /// The width of a line of text in pixels.
    static func width(of text: String) -> Int {
        text.count * PixelFont.advance
    }
}

/// A colour of a pixel, 8 bits a channel.
struct PixelColor: Equatable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8

    /// Takes the channels.
    init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    static let black = PixelColor(0, 0, 0)
    static let paper = PixelColor(18, 18, 24)
    static let ink = PixelColor(214, 214, 220)

    /// Colours that are distinct on a dark spectrogram, also for colour-blind readers.
    static let marks = [
        PixelColor(86, 204, 242), PixelColor(242, 201, 76), PixelColor(111, 207, 151),
        PixelColor(242, 153, 214), PixelColor(235, 235, 235), PixelColor(47, 128, 237),
        PixelColor(242, 113, 33), PixelColor(187, 134, 252),
    ]

    /// The colour of a level, from black for 0 through violet and orange to a pale yellow for 1.
    static func level(_ level: Float) -> PixelColor {
        let clamped = min(max(level, 0), 1)
        let place = clamped * Float(steps.count - 1)
        let index = min(Int(place), steps.count - 2)
        let share = place - Float(index)
        return steps[index].mixed(with: steps[index + 1], share: share)
    }

    /// A colour between this one (0) and another (1).
    func mixed(with other: PixelColor, share: Float) -> PixelColor {
        func between(_ from: UInt8, _ to: UInt8) -> UInt8 {
            UInt8((Float(from) + (Float(to) - Float(from)) * share).rounded())
        }
        return PixelColor(
            between(red, other.red),
            between(green, other.green),
            between(blue, other.blue)
        )
    }

    private static let steps = [
        PixelColor(2, 2, 10), PixelColor(45, 14, 88), PixelColor(120, 28, 120),
        PixelColor(200, 60, 90), PixelColor(245, 130, 60), PixelColor(252, 240, 180),
    ]
}

/// Encodes pictures as PNG through libpng's simplified API.
enum PNGFile {
    /// The bytes of the file.
    ///
    /// - Throws: That libpng refuses the picture.
    static func bytes(of canvas: PixelCanvas) throws(PictureError) -> [UInt8] {
        guard let bytes = encoded(canvas) else {
            throw .refused(width: canvas.width, height: canvas.height)
        }
        return bytes
    }

    /// The bytes of the file; nil if libpng fails.
    static func encoded(_ canvas: PixelCanvas) -> [UInt8]? {
        var image = unsafe png_image()
        unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
        unsafe image.width = png_uint_32(canvas.width)
        unsafe image.height = png_uint_32(canvas.height)
        unsafe image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        defer { unsafe png_image_free(&image) }
        // A picture that does not shrink at all needs its bytes, one more a row and the chunks.
        var size = canvas.bytes.count + canvas.height * 8 + 65_536
        let memory = unsafe [UInt8](unsafeUninitializedCapacity: size) { room, filled in
            let written = unsafe png_image_write_to_memory(
                &image,
                room.baseAddress,
                &size,
                0,
                canvas.bytes,
                0,
                nil
            )
            filled = written != 0 ? size : 0
        }
        return memory.isEmpty ? nil : memory
    }
}

/// Why a picture could not be made.
package enum PictureError: Error, Equatable, CustomStringConvertible {
    /// libpng does not encode a picture of this size.
    case refused(width: Int, height: Int)

    package var description: String {
        switch self {
        case .refused(let width, let height):
            "A picture of \(width) × \(height) pixels cannot be made: libpng refuses it. "
                + "Free some memory and try again."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 { 74 }
}

/// Letters five pixels wide and seven high, for the labels in pictures.
///
/// Each letter is seven rows from the top; in a row, bit 4 is the leftmost pixel. Small letters
/// are drawn as capitals, and what has no drawing as a small box.
enum PixelFont {
    /// The width of a letter with the space after it, in pixels.
    static let advance = 6
    /// The height of a letter, in pixels.
    static let height = 7

    /// The rows of a letter.
    static func rows(of letter: Character) -> [UInt8] {
        let capital = letter.uppercased().first ?? letter
        return letters[capital] ?? [0, 0b11111, 0b10001, 0b10001, 0b10001, 0b11111, 0]
    }

    private static let letters: [Character: [UInt8]] = [
        " ": [0, 0, 0, 0, 0, 0, 0],
        "-": [0, 0, 0, 0b01110, 0, 0, 0],
        "_": [0, 0, 0, 0, 0, 0, 0b11111],
        ".": [0, 0, 0, 0, 0, 0b01100, 0b01100],
        ",": [0, 0, 0, 0, 0b01100, 0b00100, 0b01000],
        ":": [0, 0b01100, 0b01100, 0, 0b01100, 0b01100, 0],
        "'": [0b00100, 0b00100, 0, 0, 0, 0, 0],
        "(": [0b00010, 0b00100, 0b01000, 0b01000, 0b01000, 0b00100, 0b00010],
        ")": [0b01000, 0b00100, 0b00010, 0b00010, 0b00010, 0b00100, 0b01000],
        "/": [0b00001, 0b00010, 0b00010, 0b00100, 0b01000, 0b01000, 0b10000],
        "0": [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
        "1": [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        "2": [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
        "3": [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110],
        "4": [0b10010, 0b10010, 0b10010, 0b11111, 0b00010, 0b00010, 0b00010],
        "5": [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
        "6": [0b01110, 0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
        "7": [0b11111, 0b00001, 0b00010, 0b00100, 0b00100, 0b01000, 0b01000],
        "8": [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
        "9": [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00001, 0b01110],
        "A": [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        "B": [0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110],
        "C": [0b01111, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b01111],
        "D": [0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110],
        "E": [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
        "F": [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000],
        "G": [0b01111, 0b10000, 0b10000, 0b10011, 0b10001, 0b10001, 0b01111],
        "H": [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
        "I": [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        "J": [0b00111, 0b00010, 0b00010, 0b00010, 0b00010, 0b10010, 0b01100],
        "K": [0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001],
        "L": [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
        "M": [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001],
        "N": [0b10001, 0b11001, 0b10101, 0b10101, 0b10011, 0b10001, 0b10001],
        "O": [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        "P": [0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000],
        "Q": [0b01110, 0b10001, 0b10001, 0b10001, 0b10101, 0b10010, 0b01101],
        "R": [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
        "S": [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110],
        "T": [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
        "U": [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
        "V": [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100],
        "W": [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001],
        "X": [0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001],
        "Y": [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100],
        "Z": [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000, 0b11111],
    ]
}
