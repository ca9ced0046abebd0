import Foundation
import Messages
import Testing

/// 2026-11-20T23:03:57.120Z.
private let moment = Date(timeIntervalSince1970: 1_795_215_837.120)

private func event() -> EventMessage {
    EventMessage(
        id: 812,
        source: "porch",
        className: "dog_bark",
        label: "Dog bark",
        start: moment,
        end: moment + 1.25,
        peakScore: Double(Float(0.97)),
        meanScore: Double(Float(0.91)),
        levelDBFS: Double(Float(-23.1)),
        model: "household-1",
        clip: "2026/11/20/812.flac"
    )
}

private func status() -> StatusMessage {
    StatusMessage(
        version: "0.1.0",
        started: moment,
        uptimeSeconds: 12.34,
        models: [
            ModelStatusMessage(name: "household-1", version: "1", classCount: 11),
            ModelStatusMessage(name: "birds", version: "2", classCount: 3),
        ],
        database: DatabaseStatusMessage(
            path: "/s/events.sqlite",
            sizeBytes: 4_096,
            checked: moment,
            rescues: 1
        ),
        listenLive: 2,
        sources: [
            SourceStatusMessage(
                name: "porch",
                device: "hw:1",
                models: ["household-1", "birds"],
                state: .listening,
                sampleRateHz: 48_000,
                channels: 2,
                isRealtime: true,
                levelDBFS: -43.21,
                isGateOpen: true,
                gateOpenDBFS: -55,
                gateCloseDBFS: -60,
                noiseFloorDBFS: -71.26,
                topScores: [ScoreMessage(className: "rain", score: 0.5, model: "birds")],
                lostSamples: 3,
                listeningSince: moment
            ),
            SourceStatusMessage(
                name: "cellar",
                device: "hw:2",
                state: .absent,
                reason: "unplugged"
            ),
        ],
        ongoing: [event()],
        warnings: ["disk nearly full"]
    )
}

private func minute(calibrationDB: Double?) -> LevelMinuteMessage {
    LevelMinuteMessage(
        source: "porch",
        minute: moment,
        measuredSeconds: 58.25,
        calibrationDB: calibrationDB,
        laeqDBFS: -40,
        laf10DBFS: -38,
        laf50DBFS: -45,
        laf90DBFS: -50.5,
        lafMaxDBFS: -20,
        lceqDBFS: -39,
        lzeqDBFS: -38.5,
        rmsDBFS: -38,
        peakDBFS: nil,
        clippedSamples: 3,
        sampleRateHz: 16_000
    )
}

private func coverage() -> CoverageMessage {
    let part = CoverageMessage.Part(
        source: nil,
        askedSeconds: 100,
        listeningSeconds: 60,
        gatedSeconds: 39.25,
        lostSeconds: 0.25,
        absentSeconds: 0,
        stoppedSeconds: 0,
        unknownSeconds: 0.5,
        lostSamples: 4_000
    )
    var porch = part
    porch.source = "porch"
    return CoverageMessage(from: moment, to: moment + 100, total: part, sources: [porch])
}

private func decoded<Message: WireMessage>(_ message: Message) throws -> Message {
    try JSONDecoder().decode(Message.self, from: Data(message.json.text.utf8))
}

@Suite("Messages")
struct MessageTests {
    @Test func anEventIsTheDocumentedLine() {
        #expect(
            event().json.text == """
                {"id":812,"source":"porch","class":"dog_bark","label":"Dog bark",\
                "start":"2026-11-20T23:03:57.120Z","end":"2026-11-20T23:03:58.370Z",\
                "duration_s":1.25,"peak_score":0.97,"mean_score":0.91,"level_dbfs":-23.1,\
                "model":"household-1","clip":"2026/11/20/812.flac"}
                """
        )
    }

    @Test func whatAnEventLacksIsNull() throws {
        var ongoing = event()
        ongoing.end = nil
        ongoing.clip = nil
        ongoing.levelDBFS = nil
        let text = ongoing.json.text
        #expect(text.contains(#""end":null,"duration_s":null,"#))
        #expect(text.contains(#""level_dbfs":null,"#))
        #expect(text.hasSuffix(#""clip":null}"#))
        let read = try decoded(ongoing)
        #expect(read.end == nil && read.clip == nil && read.levelDBFS == nil)
    }

    @Test func aUsersLabelIsThereOnlyIfThereIsOne() throws {
        var labelled = event()
        labelled.userLabel = LabelMessage(className: nil, note: "a door", labelledAt: moment)
        #expect(
            labelled.json.text.hasSuffix(
                #""user_label":{"class":null,"note":"a door","labelled":"2026-11-20T23:03:57.120Z","origin":null}}"#
            )
        )
        #expect(try decoded(labelled).userLabel == labelled.userLabel)
    }

    @Test func anEventOfARecordingHasSecondsInPlaceOfANumberAndAClip() throws {
        let message = RecordingEventMessage(
            source: "a.wav",
            className: "rain",
            label: "Rain",
            recordingStart: nil,
            peakScore: 1,
            meanScore: 0.5,
            levelDBFS: -30,
            model: "m",
            file: "x/a.wav",
            startSeconds: 1.5,
            endSeconds: 3
        )
        #expect(
            message.json.text == """
                {"source":"a.wav","class":"rain","label":"Rain","start":null,"end":null,\
                "duration_s":1.5,"peak_score":1.0,"mean_score":0.5,"level_dbfs":-30.0,"model":"m",\
                "file":"x/a.wav","start_s":1.5,"end_s":3.0,"time_from":null}
                """
        )
        #expect(try decoded(message) == message)
        let dated = RecordingEventMessage(
            source: "a.wav",
            className: "rain",
            label: "Rain",
            recordingStart: moment,
            timeFrom: "guano",
            peakScore: 1,
            meanScore: 0.5,
            levelDBFS: -30,
            model: "m",
            file: "x/a.wav",
            startSeconds: 1.5,
            endSeconds: 3
        )
        #expect(try decoded(dated) == dated)
        #expect(dated.json.text.contains(#""start":"2026-11-20T23:03:58.620Z""#))
    }

    @Test func everyMessageComesBackFromItsJSON() throws {
        let rounded = try decoded(event())
        #expect(rounded.peakScore == 0.97 && rounded.start == moment)
        #expect(try decoded(rounded) == rounded)
        let status = try decoded(status())
        #expect(try decoded(status) == status)
        #expect(status.sources.map(\.state) == [.listening, .absent])
        let coverage = coverage()
        #expect(try decoded(coverage) == coverage)
        let list = EventListMessage(events: [rounded], coverage: coverage)
        #expect(try decoded(list) == list)
        let threshold = ThresholdMessage(
            className: "rain",
            label: "Rain",
            model: "household-1",
            on: 0.8,
            off: 0.5,
            origin: "model"
        )
        #expect(try decoded(threshold) == threshold)
        let thresholds = ThresholdListMessage(thresholds: [threshold])
        #expect(try decoded(thresholds) == thresholds)
        let change = ThresholdChange(on: 0.7)
        #expect(try decoded(change) == change)
        #expect(change.json.text == #"{"on":0.7}"#)
        let level = LevelMessage(source: "porch", time: moment, levelDBFS: nil, isGateOpen: true)
        #expect(try decoded(level) == level)
        var loud = level
        loud.soundLevel = SoundLevelMessage(
            lafDBFS: -31.2,
            lasDBFS: nil,
            peakDBFS: -3,
            calibrationDB: 125.2,
            lastMinute: minute(calibrationDB: 125.2)
        )
        let read = try decoded(loud)
        #expect(read.soundLevel?.laf == 94 && read.soundLevel?.las == nil)
        #expect(try decoded(read) == read)
        let scores = ScoresMessage(
            source: "porch",
            model: "household-1",
            time: moment,
            scores: [ScoreMessage(className: "rain", score: 0.25)]
        )
        #expect(try decoded(scores) == scores)
        let reload = ReloadMessage(applied: ["gate.open_dbfs"], needsRestart: [])
        #expect(try decoded(reload) == reload)
    }

    @Test func theStatusIsTheDocumentedObject() {
        let fields = status().json.text.replacingOccurrences(of: event().json.text, with: "EVENT")
        #expect(
            fields == """
                {"version":"0.1.0","started":"2026-11-20T23:03:57.120Z","uptime_s":12.3,\
                "model":{"name":"household-1","version":"1","classes":11},\
                "models":[{"name":"household-1","version":"1","classes":11},\
                {"name":"birds","version":"2","classes":3}],\
                "database":{"path":"/s/events.sqlite","size_bytes":4096,"fault":null,\
                "waiting_events":0,"spooled_events":0,"checked":"2026-11-20T23:03:57.120Z",\
                "rescues":1},\
                "clips":{"keep":"none","count":0,"size_bytes":0,"max_size_bytes":0,"written":0,\
                "waiting":0,"dropped":0,"expired":0,"fault":null},"listen_live":2,"deliveries":[],\
                "sources":[{"name":"porch","device":"hw:1","models":["household-1","birds"],\
                "state":"listening","reason":null,"sample_rate_hz":48000,"channels":2,\
                "realtime":true,"level_dbfs":-43.2,"sound_level":null,"gate":"open",\
                "gate_open_dbfs":-55.0,"gate_close_dbfs":-60.0,"noise_floor_dbfs":-71.3,\
                "top_scores":[{"class":"rain","score":0.5,"model":"birds"}],"lost_samples":3,\
                "overruns":0,"windows_left_out":0,"clipped_samples":0,\
                "listening_since":"2026-11-20T23:03:57.120Z","clock_drift_ppm":null,\
                "hop_s":null,"hop_stride":1,"listeners":0},\
                {"name":"cellar","device":"hw:2","models":[],"state":"absent",\
                "reason":"unplugged","sample_rate_hz":null,"channels":null,"realtime":null,\
                "level_dbfs":null,"sound_level":null,"gate":"closed","gate_open_dbfs":null,\
                "gate_close_dbfs":null,"noise_floor_dbfs":null,"top_scores":[],\
                "lost_samples":0,"overruns":0,"windows_left_out":0,"clipped_samples":0,\
                "listening_since":null,"clock_drift_ppm":null,"hop_s":null,\
                "hop_stride":1,"listeners":0}],\
                "ongoing":[EVENT],"warnings":["disk nearly full"]}
                """
        )
    }

    @Test func coverageAndThresholdsAreTheDocumentedObjects() {
        #expect(
            coverage().json.text == """
                {"from":"2026-11-20T23:03:57.120Z","to":"2026-11-20T23:05:37.120Z",\
                "asked_s":100.0,"listened_percent":99.25,"listening_s":60.0,"gated_s":39.25,\
                "lost_s":0.25,"absent_s":0.0,"stopped_s":0.0,"unknown_s":0.5,\
                "lost_samples":4000,"sources":[{"source":"porch","asked_s":100.0,\
                "listened_percent":99.25,"listening_s":60.0,"gated_s":39.25,"lost_s":0.25,\
                "absent_s":0.0,"stopped_s":0.0,"unknown_s":0.5,"lost_samples":4000}]}
                """
        )
        let threshold = ThresholdMessage(
            className: "rain",
            label: "Rain",
            model: "m",
            on: 0.8,
            off: 0.5,
            origin: "model"
        )
        #expect(
            ThresholdListMessage(thresholds: [threshold]).json.text == """
                {"thresholds":[{"class":"rain","label":"Rain","model":"m","on":0.8,"off":0.5,\
                "reported":true,"origin":"model","switchable":true,"switched":false}]}
                """
        )
        #expect(ThresholdChange(on: 0.123456).json.text == #"{"on":0.123456}"#)
        #expect(ThresholdChange(isReported: false).json.text == #"{"reported":false}"#)
        let reload = ReloadMessage(applied: ["a"], needsRestart: [])
        #expect(reload.json.text == #"{"applied":["a"],"needs_restart":[]}"#)
        #expect(ClipMessage(eventID: 7, clip: nil).json.text == #"{"id":7,"clip":null}"#)
    }

    @Test func liveLevelsAndScoresAreTheDocumentedLines() {
        var level = LevelMessage(source: "porch", time: moment, levelDBFS: -3, isGateOpen: false)
        level.soundLevel = SoundLevelMessage(
            lafDBFS: -31.25,
            lasDBFS: nil,
            peakDBFS: -3,
            calibrationDB: nil
        )
        #expect(
            level.json.text == """
                {"source":"porch","time":"2026-11-20T23:03:57.120Z","level_dbfs":-3.0,\
                "sound_level":{"unit":"dBFS","laf":-31.3,"las":null,"peak_dbfs":-3.0,\
                "last_minute":null},"gate":"closed"}
                """
        )
        let scores = ScoresMessage(
            source: "porch",
            model: "m",
            time: moment,
            scores: [ScoreMessage(className: "rain", score: 0.25)]
        )
        #expect(
            scores.json.text == """
                {"source":"porch","model":"m","time":"2026-11-20T23:03:57.120Z",\
                "scores":[{"class":"rain","score":0.25}]}
                """
        )
    }

    @Test func aCountThatAnEarlierServiceDoesNotGiveIsZero() throws {
        let text = status().json.text
            .replacingOccurrences(of: #""windows_left_out":0,"#, with: "")
            .replacingOccurrences(of: #","rescues":1"#, with: "")
        let read = try JSONDecoder().decode(StatusMessage.self, from: Data(text.utf8))
        #expect(read.database.rescues == 0)
        #expect(read.sources.map(\.windowsLeftOut) == [0, 0])
    }

    @Test func aMinuteHasSoundPressureLevelsOnlyIfTheSourceIsCalibrated() throws {
        #expect(
            minute(calibrationDB: nil).json.text == """
                {"source":"porch","minute":"2026-11-20T23:03:57.120Z","measured_s":58.25,\
                "unit":"dBFS","laeq":-40.0,"laf10":-38.0,"laf50":-45.0,"laf90":-50.5,\
                "lafmax":-20.0,"lceq":-39.0,"lzeq":-38.5,"rms_dbfs":-38.0,"peak_dbfs":null,\
                "clipped_samples":3,"sample_rate_hz":16000,"calibration_db":null}
                """
        )
        #expect(
            minute(calibrationDB: 120).json.text == """
                {"source":"porch","minute":"2026-11-20T23:03:57.120Z","measured_s":58.25,\
                "unit":"dB SPL","laeq":80.0,"laf10":82.0,"laf50":75.0,"laf90":69.5,\
                "lafmax":100.0,"lceq":81.0,"lzeq":81.5,"rms_dbfs":-38.0,"peak_dbfs":null,\
                "clipped_samples":3,"sample_rate_hz":16000,"calibration_db":120.0}
                """
        )
        let summary = LevelSummaryMessage(
            source: "porch",
            askedSeconds: 600,
            measuredSeconds: 597,
            laeqDBFS: -40,
            lafMaxDBFS: -20,
            calibrationDB: 120
        )
        #expect(
            summary.json.text == """
                {"source":"porch","asked_s":600.0,"measured_s":597.0,"measured_percent":99.5,\
                "unit":"dB SPL","laeq":80.0,"lafmax":100.0}
                """
        )
        let list = LevelListMessage(
            from: moment,
            to: moment + 600,
            levels: [minute(calibrationDB: nil), minute(calibrationDB: 120)],
            summary: [summary]
        )
        #expect(try decoded(list) == list)
    }

    @Test func anErrorIsACodeAndAMessage() throws {
        let error = ErrorMessage(code: "unknown_class", message: "No \"x\".")
        #expect(
            error.json.text
                == #"{"error":{"code":"unknown_class","message":"No \"x\"."}}"#
        )
        #expect(try decoded(error) == error)
        #expect(error.description == #"No "x"."#)
    }

    @Test func coverageIsSummedUpInALineThatNeverRoundsAHoleAway() {
        var message = coverage()
        #expect(message.summary == "listened 99.2 % of the time asked for, 4000 samples lost")
        #expect(message.json.text.contains(#""listened_percent":99.25"#))
        message.total.gatedSeconds = 39.999
        message.total.lostSamples = 0
        #expect(message.summary == "listened 99.9 % of the time asked for")
        message.total.gatedSeconds = 40
        #expect(message.summary == "listened 100 % of the time asked for")
        message.total.askedSeconds = 0
        #expect(message.summary == "the time range is empty")
    }

    @Test func anInvalidTimeIsRefused() {
        let text = event().json.text.replacingOccurrences(of: "2026-11-20T23:03:57", with: "x")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(EventMessage.self, from: Data(text.utf8))
        }
    }
}

@Suite("JSON values")
struct JSONValueTests {
    @Test func textIsEscapedSoThatAnyReaderAgrees() throws {
        let strange = "a\"b\\c\nd\te\u{0}f\u{1F}g\u{2028}h é 🐕 \u{7F}"
        let text = JSONValue.string(strange).text
        #expect(!text.contains("\n") && !text.unicodeScalars.contains("\u{2028}"))
        let back = try JSONSerialization.jsonObject(
            with: Data(text.utf8),
            options: .fragmentsAllowed
        )
        #expect(back as? String == strange)
    }

    @Test(arguments: [
        (0.97, 4, "0.97"), (-23.1499, 1, "-23.1"), (-0.04, 1, "0.0"), (1, 3, "1.0"),
        (0.00004, 4, "0.0"), (123_456.789, 0, "123457.0"),
    ])
    func numbersAreRounded(value: Double, decimals: Int, expected: String) {
        #expect(JSONValue.number(value, decimals: decimals).text == expected)
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func numbersThatJSONDoesNotHaveAreNull(value: Double) {
        #expect(JSONValue.number(value).text == "null")
        #expect(JSONValue.number(value, decimals: 2).text == "null")
    }

    @Test func objectsKeepTheirOrder() {
        let value = JSONValue.object([
            .init("z", .array([.integer(1), .bool(false), .null])), .init("a", .object([])),
        ])
        #expect(value.text == #"{"z":[1,false,null],"a":{}}"#)
    }
}
