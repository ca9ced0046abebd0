import CPNG
import Foundation
import Testing

@testable import Evaluation

@Suite struct SpectrogramPictureTests {
    @Test func loudBandsAreBrightAndLowOnesAreAtTheBottom() {
        var levels = SpectrogramLevels(bandCount: 4, secondsPerFrame: 0.01)
        for _ in 0..<100 {
            levels.append([5, 0, 0, 0].span)
        }
        let canvas = SpectrogramPicture(levels: levels, marks: []).draw()
        // 8 pixels a column, 64 a band, no lane of names, and the axis of time below.
        #expect(canvas.width == 800 + 12)
        #expect(canvas.height == 6 + 256 + 18)
        #expect(canvas.color(x: 400, y: 6 + 256 - 10) == .level(1))
        #expect(canvas.color(x: 400, y: 6 + 10) == .level(0))
    }

    @Test func marksStandOverTheirTimesInTheirColours() {
        var levels = SpectrogramLevels(bandCount: 2, secondsPerFrame: 0.01)
        levels.append([Float](repeating: 0, count: 2 * 800).span)
        let marks = [
            SpectrogramMark(startSeconds: 5, endSeconds: 6, label: "Rain"),
            SpectrogramMark(startSeconds: 1, endSeconds: 2, label: "Dog"),
            SpectrogramMark(startSeconds: 1.5, endSeconds: .infinity, label: "Rain"),
            SpectrogramMark(startSeconds: 9, endSeconds: 10, label: "after the end"),
        ]
        let canvas = SpectrogramPicture(levels: levels, marks: marks).draw()
        let first = 3 + 8
        #expect(canvas.color(x: 6 + 150, y: first) == PixelColor.marks[0])
        #expect(canvas.color(x: 6 + 90, y: first) == .paper)
        #expect(canvas.color(x: 6 + 550, y: first) == PixelColor.marks[1])
        // The second rain begins while the dog barks: one lane down, to the right edge.
        #expect(canvas.color(x: 6 + 799, y: first + 12) == PixelColor.marks[1])
        #expect(canvas.height == 6 + 2 * 12 + 256 + 18)
    }

    @Test func aPictureIsAPNGThatHoldsThePixels() throws {
        var canvas = PixelCanvas(width: 31, height: 17, filledWith: .paper)
        canvas.write("A1", x: 3, y: 4, .ink)
        canvas.fill(x: 20..<99, y: -5..<3, PixelColor(1, 2, 3))
        let bytes = try #require(PNGFile.encoded(canvas))
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        #expect(png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0)
        #expect(image.width == 31 && image.height == 17)
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        var pixels = [UInt8](repeating: 0, count: 31 * 17 * 3)
        #expect(png_image_finish_read(&image, nil, &pixels, 0, nil) != 0)
        #expect(pixels == canvas.bytes)
    }

    @Test func noiseThatDoesNotShrinkIsWrittenToo() throws {
        var canvas = PixelCanvas(width: 300, height: 200, filledWith: .black)
        var state: UInt32 = 1
        for y in 0..<200 {
            for x in 0..<300 {
                state = state &* 1_664_525 &+ 1_013_904_223
                canvas.set(
                    x: x,
                    y: y,
                    PixelColor(
                        UInt8(state >> 24),
                        UInt8(state >> 16 & 255),
                        UInt8(state >> 8 & 255)
                    )
                )
            }
        }
        #expect(PNGFile.encoded(canvas) != nil)
    }

    @Test func hoursFitIntoAsManyColumnsAsWereAllowed() {
        var levels = SpectrogramLevels(bandCount: 2, secondsPerFrame: 0.01, maximumColumns: 100)
        for frame in 0..<100_000 {
            levels.append([Float(frame), frame == 77_777 ? 9 : 0].span)
        }
        #expect(levels.columnCount <= 100 && levels.columnCount > 50)
        #expect(abs(levels.secondsPerColumn * Double(levels.columnCount) - 1_000) < 11)
        // The one loud frame is still there, where it was.
        let column = Int(777.77 / levels.secondsPerColumn)
        #expect(levels.columns[column * 2 + 1] == 9)
    }

    @Test func everyLetterOfALabelHasADrawing() {
        let box = PixelFont.rows(of: "\u{1F415}")
        for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.,:'()/" {
            #expect(PixelFont.rows(of: letter).count == PixelFont.height)
            #expect(PixelFont.rows(of: letter) != box)
        }
    }
}
