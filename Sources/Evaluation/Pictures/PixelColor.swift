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

    /// Colours that are told apart on the dark of a spectrogram, also by people who see few.
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
