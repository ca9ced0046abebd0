import ArgumentParser
import Evaluation
import SoundDatasets

/// `earwitness compose`: labelled soundscapes from clips and backgrounds.
struct ComposeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose",
        abstract: "Composes labelled soundscapes from clips and backgrounds.",
        discussion: """
            Writes FLAC and Audacity labels of the same name, which 'earwitness evaluate' takes. \
            The same seed and files give the same bytes.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A folder with a folder of clips for each class; may be given several times; the folders are merged.",
            valueName: "clips"
        )
    )
    var clips: [String]
    @Option(name: .shortAndLong, help: ArgumentHelp("The output folder.", valueName: "folder"))
    var output: String
    @Option(
        help: ArgumentHelp("A background recording or a folder of them.", valueName: "path")
    )
    var background: [String] = []
    @Option(
        help: ArgumentHelp("A room's impulse response or a folder of them.", valueName: "path")
    )
    var room: [String] = []
    @Option(help: ArgumentHelp("Use only clips of this fold.", valueName: "number"))
    var fold: Int?
    @Option(help: ArgumentHelp("How many soundscapes.", valueName: "number"))
    var count = SoundscapeSettings().count
    @Option(help: ArgumentHelp("The length of each.", valueName: "seconds"))
    var length = SoundscapeSettings().lengthSeconds
    @Option(help: ArgumentHelp("The sample rate.", valueName: "hz"))
    var rate = SoundscapeSettings().sampleRateHz
    @Option(help: ArgumentHelp("How many sounds begin in a minute.", valueName: "number"))
    var eventsPerMinute = SoundscapeSettings().eventsPerMinute
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The lowest level over the background.", valueName: "dB")
    )
    var lowestSnr = SoundscapeSettings().lowestSNRDB
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The highest level over the background.", valueName: "dB")
    )
    var highestSnr = SoundscapeSettings().highestSNRDB
    @Option(help: ArgumentHelp("How many sounds may be heard at once.", valueName: "number"))
    var overlap = SoundscapeSettings().maximumOverlap
    @Option(help: ArgumentHelp("The share of sounds heard through a room.", valueName: "0...1"))
    var roomShare = SoundscapeSettings().roomShare
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The level of the background.", valueName: "dbfs")
    )
    var backgroundLevel = SoundscapeSettings().backgroundDBFS
    @Option(help: ArgumentHelp("Sounds are cut after this time.", valueName: "seconds"))
    var longestEvent = SoundscapeSettings().maximumEventSeconds
    @Option(help: ArgumentHelp("The same seed gives the same bytes.", valueName: "number"))
    var seed = SoundscapeSettings().seed

    private var settings: SoundscapeSettings {
        var settings = SoundscapeSettings()
        settings.count = count
        settings.lengthSeconds = length
        settings.sampleRateHz = rate
        settings.eventsPerMinute = eventsPerMinute
        settings.lowestSNRDB = lowestSnr
        settings.highestSNRDB = highestSnr
        settings.maximumOverlap = overlap
        settings.roomShare = roomShare
        settings.backgroundDBFS = backgroundLevel
        settings.maximumEventSeconds = longestEvent
        settings.seed = seed
        return settings
    }

    func run() throws {
        let composer = try SoundscapeComposer(
            clips: try clips.flatMap(clips(in:)),
            backgrounds: try background.flatMap(RecordingSearch.recordings(at:)),
            rooms: try room.flatMap(RecordingSearch.recordings(at:)),
            settings: settings
        )
        let writer = try SoundscapeWriter(folder: output)
        for number in 0..<count {
            let soundscape = try composer.compose(number)
            try StandardOutput.writeLine(try writer.write(soundscape, number: number))
        }
    }

    private func clips(in path: String) throws -> [EvaluationClip] {
        guard case .clips(let clips) = try DataSetReader.read(path: path) else {
            throw ComposeError.noClips(path: path)
        }
        return try clips.ofFold(fold)
    }
}
