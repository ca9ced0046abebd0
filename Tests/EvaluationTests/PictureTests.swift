import CPNG
import Foundation
import FoundationXML
import TestSupport
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
        var numbers = SeededNumbers(seed: 1)
        for y in 0..<200 {
            for x in 0..<300 {
                func channel() -> UInt8 { .random(in: 0...255, using: &numbers) }
                canvas.set(x: x, y: y, PixelColor(channel(), channel(), channel()))
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

@Suite struct SVGPictureTests {
    @Test func aFullFieldIsDarkAndAnEmptyOneBright() throws {
        let picture = SVGPicture.confusion(
            classNames: ["dog", "<cat>"],
            counts: [[4, 0], [1, 1]]
        )
        let shares = picture.matches(of: #/fill-opacity="([0-9.]+)"/#).map { String($0.1) }
        #expect(shares == ["0.84", "0.04", "0.44", "0.44"])
        #expect(picture.contains(">&lt;cat&gt;</text>") && !picture.contains("<cat>"))
        // Three counts above 0, and each name twice.
        #expect(picture.matches(of: #/<text /#).count == 3 + 4)
        #expect(XMLParser(data: Data(picture.utf8)).parse())
    }

    @Test func aFallingCurveFallsFromTheTopOfItsAxisToTheBottom() throws {
        let values = (0...1_000).map { 5 - Double($0) / 200 }
        let picture = SVGPicture.curves([("loss", values), ("accuracy", [.nan])], unit: "steps")
        let line = try #require(picture.firstMatch(of: #/<path d="M([^"]+)"\/>/#)).1
        let places = line.split(separator: "L").map { point in
            point.split(separator: ",").compactMap { Double($0) }
        }
        #expect(places.count == 320)
        #expect(places.map { $0[0] } == places.map { $0[0] }.sorted())
        #expect(places.map { $0[1] } == places.map { $0[1] }.sorted())
        #expect(abs(places[0][1] - 26) < 1 && abs(places[319][1] - 346) < 1)
        #expect(picture.contains(">5</text>") && picture.contains(">1001</text>"))
        #expect(XMLParser(data: Data(picture.utf8)).parse())
    }

    @Test func valuesThatAreNotFiniteAreLeftOut() throws {
        let picture = SVGPicture.curves([("loss", [.nan, 1, .infinity, 0])], unit: "steps")
        let line = try #require(picture.firstMatch(of: #/<path d="M([^"]+)"\/>/#)).1
        #expect(line == "204,26L364,346")
    }
}
