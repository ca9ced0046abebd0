import AudioCapture
import Diagnosis
import EventStore
import Messages
import ModelLibrary
import Platform
import Testing

@Suite struct DiagnosisTests {
    /// What is not as it should be, as `check: what`, and the exit code.
    private func trouble(
        _ change: (inout MonitorFacts) throws -> Void
    ) throws -> (lines: [String], code: Int32) {
        var facts = try healthyFacts()
        try change(&facts)
        let diagnosis = DiagnosisReport(of: facts)
        let findings = diagnosis.findings.filter { $0.verdict != .ok }
        for finding in findings {
            #expect(finding.advice?.isEmpty == false, "what to do: \(finding.what)")
            #expect(finding.exitCode != 0)
        }
        return (findings.map { "\($0.check): \($0.what)" }, diagnosis.exitCode)
    }

    private func listening(_ facts: ListeningFacts) -> (inout MonitorFacts) -> Void {
        { $0.sources[0].hearing = .listened(facts) }
    }

    @Test func whenAllIsWellNothingIsSaidToBeWrong() throws {
        let diagnosis = DiagnosisReport(of: try healthyFacts())
        #expect(diagnosis.exitCode == 0)
        #expect(diagnosis.findings.allSatisfy { $0.verdict == .ok && $0.advice == nil })
        #expect(Set(diagnosis.findings.map(\.check)).count >= 8)
    }

    @Test func aWrongConfigurationIsToldLineByLine() throws {
        let found = try trouble { $0.configuration.problems = ["a:1:2: x", "a:3:1: y"] }
        #expect(found.lines.count == 2)
        #expect(found.code == 78)
    }

    @Test func aServiceThatDoesNotRunIsAFault() throws {
        let found = try trouble { $0.service = .notRunning(socketPath: "/run/e/api.sock") }
        #expect(found.lines == ["service: The service is not running."])
        #expect(found.code == 69)
    }

    @Test func aSocketThatMayNotBeUsedIsAFault() throws {
        #expect(try trouble { $0.service = .notPermitted(socketPath: "/s") }.code == 77)
    }

    @Test func whatTheServiceWarnsOfIsPassedOn() throws {
        let found = try trouble { $0.service = .running(status(warnings: ["restart me"])) }
        #expect(found.lines == ["service: The service has a warning."])
    }

    @Test func aHistoryThatTheServiceCannotWriteIsAFault() throws {
        let found = try trouble { $0.service = .running(status(fault: "No space left.")) }
        #expect(found.lines == ["database: The service cannot write the history."])
        #expect(found.code == 74)
    }

    @Test(arguments: [
        ("LoadState=not-found", "unit: No systemd unit for Earwitness is installed."),
        ("LoadState=masked", "unit: The unit is masked: systemd may not start it."),
        (
            "LoadState=loaded\nUnitFileState=disabled\nActiveState=active\nSubState=running",
            "unit: The service is not started at boot."
        ),
        (
            "LoadState=loaded\nUnitFileState=enabled\nActiveState=activating\n"
                + "SubState=auto-restart\nNRestarts=7\nResult=exit-code",
            "unit: The service keeps failing and systemd restarts it."
        ),
        (
            "LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nSubState=running\n"
                + "NRestarts=2",
            "unit: systemd restarted the service."
        ),
        (
            "LoadState=loaded\nUnitFileState=enabled\nActiveState=failed\nSubState=failed\n"
                + "Result=signal",
            "unit: The service has failed."
        ),
    ])
    func whatSystemdSaysIsUnderstood(properties: String, expected: String) throws {
        let found = try trouble { $0.unit = try unit(properties) }
        #expect(found.lines == [expected])
        #expect(found.code == 69)
    }

    @Test func whereThereIsNoSystemdNothingIsSaidOfTheUnit() throws {
        #expect(try trouble { $0.unit = nil }.lines.isEmpty)
    }

    @Test func aMachineWithoutAMicrophoneSaysSo() throws {
        let found = try trouble {
            $0.captureDeviceCount = 0
            $0.sources[0].hearing = .refused(.noSuchDevice(device: "hw:1"), holders: [])
        }
        #expect(found.lines == ["device: No capture device on this machine for 'porch' (hw:1)."])
        #expect(found.code == 66)
    }

    @Test func aDeviceThatIsNotThereIsToldFromThoseThatAre() throws {
        let found = try trouble {
            $0.sources[0].hearing = .refused(.noSuchDevice(device: "hw:1"), holders: [])
        }
        #expect(found.lines == ["device: There is no device 'porch' (hw:1)."])
        #expect(found.code == 66)
    }

    @Test func whoMayNotOpenTheDevicesIsToldOnceAndWhichGroupHelps() throws {
        let found = try trouble {
            $0.forbiddenDevices = ["/dev/snd/pcmC0D0c"]
            $0.sources[0].hearing = .refused(.permissionDenied(device: "hw:1"), holders: [])
        }
        #expect(found.lines == ["device: This user has no access to the sound devices."])
        #expect(found.code == 77)
    }

    @Test func aChannelThatTheSourceLacksIsToldWithThoseThatThereAre() throws {
        var facts = try healthyFacts()
        let error = CaptureError.noSuchChannel(device: "hw:1", channel: 3, available: 2)
        facts.sources[0].hearing = .refused(error, holders: [])
        let finding = DiagnosisReport(of: facts).findings.first { $0.check == .device }
        #expect(finding?.what == "'porch' (hw:1) has no channel 3.")
        #expect(finding?.advice == "Set sources[].channel to a number from 1 to 2, or to mix.")
        #expect(finding?.exitCode == 78)
    }

    @Test func windowsThatWereLeftOutAreToldOfAndNotAsLostSamples() throws {
        let found = try trouble { $0.sources[0].hearing = .byService(source(leftOut: 40)) }
        #expect(
            found.lines == ["sound: Windows of 'porch' were left out since the service started."]
        )
    }

    @Test func whoHoldsTheDeviceIsNamed() throws {
        var facts = try healthyFacts()
        let holder = DeviceHolder(processID: 42, program: "arecord", device: "/dev/snd/pcmC1D0c")
        facts.sources[0].hearing = .refused(.deviceBusy(device: "hw:1"), holders: [holder])
        let finding = DiagnosisReport(of: facts).findings.first { $0.verdict == .fault }
        #expect(finding?.what == "Another program uses 'porch' (hw:1).")
        #expect(finding?.value == "arecord (process 42) has /dev/snd/pcmC1D0c")
        #expect(finding?.advice?.hasPrefix("Stop it ('kill 42')") == true)
        #expect(finding?.exitCode == 74)
    }

    @Test func aDeviceThatTheServiceLooksForIsAFault() throws {
        let found = try trouble { $0.sources[0].hearing = .byService(source(.absent)) }
        #expect(found.lines == ["device: The service is waiting for the device of 'porch'."])
        #expect(found.code == 66)
    }

    @Test func aToneInARoomIsFine() throws {
        #expect(try trouble(listening(heard(tone(amplitude: 0.1)))).lines.isEmpty)
    }

    @Test func digitalSilenceIsAFault() throws {
        let found = try trouble(listening(heard([Float](repeating: 0, count: 16_000))))
        #expect(found.lines == ["sound: 'porch' delivers silence: every sample is zero."])
        #expect(found.code == 74)
    }

    @Test func aStuckDeviceIsAFault() throws {
        let found = try trouble(listening(heard([Float](repeating: 0.25, count: 16_000))))
        #expect(
            found.lines == ["sound: 'porch' is stuck: every sample has the same value."]
        )
    }

    @Test func clippingIsAFault() throws {
        let found = try trouble(listening(heard(tone(amplitude: 3))))
        #expect(found.lines == ["sound: 'porch' clips: samples are at full scale."])
    }

    @Test func anOffsetIsAFault() throws {
        let found = try trouble(listening(heard(tone(amplitude: 0.1).map { $0 + 0.5 })))
        #expect(found.lines == ["sound: 'porch' has a large DC offset."])
    }

    @Test func anImpossibleQuietIsAWarning() throws {
        let found = try trouble(listening(heard(tone(amplitude: 0.00002))))
        #expect(found.lines == ["sound: 'porch' is very quiet."])
    }

    @Test func aDeviceThatDeliversNothingIsAFault() throws {
        let found = try trouble(listening(ListeningFacts(rateHz: 16_000)))
        #expect(found.lines == ["sound: 'porch' is open and delivers nothing."])
    }

    @Test func samplesAtAnotherRateThanSaidAreAFault() throws {
        let found = try trouble(listening(heard(tone(amplitude: 0.1), elapsed: 2)))
        #expect(found.lines == ["rate: 'porch' delivers at another rate than it says."])
    }

    @Test func anotherRateThanConfiguredIsAWarning() throws {
        let found = try trouble {
            $0.sources[0].configuredRateHz = 48_000
            $0.sources[0].hearing = .listened(heard(tone(amplitude: 0.1)))
        }
        #expect(
            found.lines == ["rate: 'porch' has another rate than the configuration asks for."]
        )
        #expect(found.code == 78)
    }

    @Test func whatTheServiceHearsWrongIsPassedOn() throws {
        let found = try trouble {
            $0.sources[0].hearing = .byService(source(.fault, reason: "Every sample is zero."))
        }
        #expect(found.lines == ["sound: The service hears that 'porch' does not."])
        let counted = try trouble {
            $0.sources[0].hearing = .byService(
                source(lost: 5, clipped: 10_000, driftPPM: 2_000)
            )
        }
        #expect(
            counted.lines == [
                "rate: The clock of 'porch' is far off.",
                "sound: 'porch' has clipped since the service started.",
                "sound: Samples of 'porch' were lost since the service started.",
            ]
        )
    }

    @Test func aMissingModelIsToldFromOneThatDoesNotMatch() throws {
        let missing = try trouble {
            $0.models = [.unusable(.unknownModel(name: "m", searched: ["/a"], installed: []))]
        }
        #expect(missing.lines == ["model: The model is missing."])
        #expect(missing.code == 66)
        let wrong = try trouble {
            $0.models = [.unusable(.mismatch(path: "/m/model.onnx", reason: "its SHA-256 is x"))]
        }
        #expect(wrong.code == 65)
    }

    @Test func aDamagedHistoryIsAFaultAndNoneYetIsNot() throws {
        let found = try trouble {
            $0.databaseError = .damaged(path: "/s/events.sqlite", finding: "row missing")
        }
        #expect(found.lines == ["database: The history is damaged."])
        #expect(found.code == 65)
        #expect(try trouble { $0.databaseError = .missing(path: "/s") }.lines.isEmpty)
        #expect(try trouble { $0.databaseError = .notPermitted(path: "/s") }.lines.isEmpty)
        let unseen = try trouble {
            $0.databaseError = .notPermitted(path: "/s")
            $0.service = .notPermitted(socketPath: "/run")
        }
        #expect(unseen.lines.last == "database: The history could not be checked.")
        #expect(try trouble { $0.databaseError = .notADatabase(path: "/s") }.code == 65)
    }

    @Test(arguments: [
        (StoreError.notADatabase(path: "/s"), "Set the file aside", 65 as Int32),
        (.foreignDatabase(path: "/s"), "Set the file aside", 65),
        (.newerVersion(path: "/s", found: 9, known: 5), "Install the version that wrote it", 65),
        (.locked(path: "/s"), "Close the program that has it open", 74),
        (.diskFull(path: "/s"), "Free some space", 74),
        (.notOpenYet(path: "/s"), "Try again in a moment", 74),
        (.failed(path: "/s", reason: "disk I/O error"), "Check the disk", 74),
    ])
    func onlyAFileOfAnotherKindIsToBeMovedAway(
        error: StoreError,
        advice: String,
        code: Int32
    ) throws {
        var facts = try healthyFacts()
        facts.databaseError = error
        let finding = DiagnosisReport(of: facts).findings.first { $0.check == .database }
        #expect(finding?.what == "The history cannot be used.")
        #expect(finding?.advice?.hasPrefix(advice) == true)
        #expect(finding?.value?.contains(advice) == false)
        #expect(finding?.exitCode == code)
    }

    @Test(arguments: [
        (5_000_000 as Int64, 100_000_000 as Int64, "disk: The disk is full."),
        (400_000_000, 100_000_000_000, "disk: The disk is nearly full."),
    ])
    func aDiskWithoutRoomIsTold(free: Int64, total: Int64, expected: String) throws {
        let found = try trouble {
            $0.disk = FreeRoom(path: "/s", freeBytes: free, totalBytes: total)
        }
        #expect(found.lines == [expected])
        #expect(found.code == 74)
    }

    @Test(arguments: [
        (0 as Int64, 100_000 as Int64, "disk: The disk has no free inodes."),
        (3, 100_000, "disk: The disk has no free inodes."),
        (1_500, 100_000, "disk: The disk is nearly out of inodes."),
    ])
    func aDiskWithoutInodesIsToldLikeAFullOne(free: Int64, total: Int64, expected: String) throws {
        let found = try trouble {
            $0.disk?.freeFiles = free
            $0.disk?.totalFiles = total
        }
        #expect(found.lines == [expected])
        #expect(found.code == 74)
    }

    @Test func aFileSystemThatMakesInodesAsItNeedsThemIsNotFull() throws {
        let found = try trouble {
            $0.disk?.freeFiles = nil
            $0.disk?.totalFiles = nil
        }
        #expect(found.lines.isEmpty)
    }

    @Test func whatWasSetAsideAndWhatHasNoEffectAreWarnings() throws {
        let found = try trouble {
            $0.configuration.remarks = ["thresholds.rain: a class that no model in use has"]
            $0.setAside = ["/s/overrides.yaml.damaged-20261129T101500Z"]
        }
        #expect(
            found.lines == [
                "configuration: A setting has no effect.",
                "database: A damaged file was moved aside.",
            ]
        )
        #expect(found.code == 78)
    }

    @Test func aClockThatNobodyKeepsRightIsAWarning() throws {
        let found = try trouble { $0.isClockSynchronized = false }
        #expect(found.lines.count == 1)
        #expect(found.code == 69)
    }

    @Test func aFaultDecidesTheExitCodeBeforeAWarning() throws {
        let found = try trouble {
            $0.unit = try unit("LoadState=loaded\nUnitFileState=disabled")
            $0.databaseError = .damaged(path: "/s", finding: "x")
        }
        #expect(found.lines.count == 2)
        #expect(found.code == 65)
    }
}
