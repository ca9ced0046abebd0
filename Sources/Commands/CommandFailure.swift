import ArgumentParser
import AudioCapture
import AudioFiles
import Delivery
import Detection
import Evaluation
import EventStore
import Foundation
import Learning
import LogMelFeatures
import Messages
import ModelLibrary
import Monitor
import MonitorClient
import MonitorServer
import NeuralNetwork
import Platform
import Settings
import SoundDatasets
import Training

/// Why a command failed: one line for people, one exit code for scripts.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    /// How the process ends.
    let status: ExitStatus
    /// What failed, with which value, and what to do next; one line for each fault, at least one.
    let lines: [String]

    /// All of it on one line, as a log has it.
    var message: String { lines.joined(separator: "; ") }

    var description: String { message }

    /// Creates a failure from its status and its line.
    init(_ status: ExitStatus, _ message: String) {
        self.init(status, lines: [message])
    }

    /// Creates a failure of several faults, a line each.
    init(_ status: ExitStatus, lines: [String]) {
        self.status = status
        self.lines = lines
    }

    /// Refuses a folder where a file is to be read.
    static func refuseFolder(_ path: String) throws(CommandFailure) {
        guard FileFacts.isFolder(path) else { return }
        throw CommandFailure(.badData, "'\(path)' is a folder, not a file. Give the file in it.")
    }

    /// Writes every line as a message of its own: a line end within one is escaped there, since it
    /// comes from a file's name.
    func write() {
        for line in lines { StandardError.writeMessage(line) }
    }
}

/// The exit codes of every command, as in BSD's `sysexits.h`.
enum ExitStatus: Int32, Sendable {
    /// Done.
    case success = 0
    /// The command line makes no sense.
    case usage = 64
    /// The input data is invalid.
    case badData = 65
    /// The input is not there.
    case noInput = 66
    /// The service is not running.
    case unavailable = 69
    /// A bug in this program.
    case bug = 70
    /// The output can't be created.
    case cannotCreate = 73
    /// Reading or writing failed.
    case inputOutput = 74
    /// Not allowed.
    case notPermitted = 77
    /// The configuration is wrong.
    case configuration = 78
    /// Ended by Ctrl-C, as the shell counts it.
    case interrupted = 130
}

extension CommandFailure {
    /// Finds the code and the line for an error; nil if the argument parser knows better.
    init?(describing error: any Error) {
        if let failure = error as? CommandFailure {
            self = failure
        } else if let error = error as? ConfigurationError, case .invalid(let problems) = error {
            self.init(.configuration, lines: problems.map(\.description))
        } else if let status = Self.knownStatus(of: error) {
            self.init(status, "\(error)")
        } else {
            return nil
        }
    }

    /// The code for each error of the program's parts, whose description is the line; nil for
    /// others.
    private static func knownStatus(of error: any Error) -> ExitStatus? {
        func status(_ code: Int32, else other: ExitStatus = .badData) -> ExitStatus {
            ExitStatus(rawValue: code) ?? other
        }
        return switch error {
        case let error as FileWriteError: status(error.exitCode, else: .inputOutput)
        case let error as PictureError: status(error.exitCode, else: .inputOutput)
        case let error as RecordingError: status(error.exitCode)
        case let error as TrainingError: status(error.exitCode)
        case let error as AddedModelError: status(error.exitCode)
        case let error as TimePitchError: status(error.exitCode, else: .unavailable)
        case let error as DataSetError: status(error.exitCode)
        case let error as AnnotationError: status(error.exitCode)
        case let error as EvaluationError: status(error.exitCode)
        case let error as ComposeError: status(error.exitCode)
        case is LearningError, is LearntLibrary.Damage: .badData
        case is ModelError, is FrontEndError, is ModelFileError, is NPYError, is ResamplerError,
            is SourceSampleError:
            .badData
        case is InvalidDetectionSetting, is DocumentProblem: .configuration
        case is WebPasswordError: .badData
        case is SpoolError, is OutboxError: .inputOutput
        case ControlError.noPrints: .noInput
        case is ControlError, is MomentExpression.Unreadable: .usage
        case let error as ConfigurationError: self.status(of: error)
        case let error as ModelFolderError: self.status(of: error)
        case let error as StoreError: self.status(of: error)
        case let error as CaptureError: self.status(of: error)
        case let error as ClientError: self.status(of: error)
        case let error as ServerError: self.status(of: error)
        case let error as FleetFault: self.status(of: error)
        default: nil
        }
    }

    /// Describes an unexpected error: one of the file system with its reason, anything else as a
    /// bug with its type, which can be reported.
    init(unexpected error: any Error) {
        switch error {
        case is CancellationError:
            self.init(.interrupted, "Interrupted before the end. Run the command again.")
        case is CocoaError, is POSIXError:
            let file = (error as? CocoaError)?.filePath.map { "'\($0)'" } ?? "a file"
            self.init(
                .inputOutput,
                "Cannot read or write \(file): \(FileFailure.reason(error)). "
                    + "Check that it exists, its permissions, and the disk."
            )
        default:
            self.init(
                .bug,
                "This is a bug in earwitness \(earwitnessVersion): unexpected error "
                    + "'\(String(reflecting: type(of: error)))'. "
                    + "Please report this line and the command."
            )
        }
    }

    private static func status(of error: ConfigurationError) -> ExitStatus {
        switch error {
        case .missing, .unreadable, .unchangeable, .invalid: .configuration
        case .unwritable: .cannotCreate
        }
    }

    private static func status(of error: ModelFolderError) -> ExitStatus {
        switch error {
        case .unknownModel, .unreadable: .noInput
        case .invalidDescription, .unusableNetwork, .mismatch, .invalidScore: .badData
        }
    }

    private static func status(of error: CaptureError) -> ExitStatus {
        switch error {
        case .noSuchDevice, .soundServerUnreachable, .vanished, .cannotStart: .noInput
        case .permissionDenied: .notPermitted
        case .invalidSetting, .invalidConfiguration, .noSuchChannel: .configuration
        case .deviceBusy, .cannotOpen, .cannotConfigure, .noUsableFormat, .rateChanged,
            .deliversNothing, .keepsOverrunning, .programEnded, .programStalls:
            .inputOutput
        }
    }

    private static func status(of error: ClientError) -> ExitStatus {
        switch error {
        case .notRunning, .timeout, .connectionLost: .unavailable
        case .notPermitted: .notPermitted
        case .socketPathTooLong: .configuration
        case .refused(let code, _): (400..<500).contains(code) ? .usage : .inputOutput
        case .unreadableAnswer: .badData
        }
    }

    private static func status(of error: ServerError) -> ExitStatus {
        switch error {
        case .alreadyRunning, .notASocket, .cannotCreateSocket, .cannotListen: .cannotCreate
        case .socketPathTooLong, .unusableGroup, .unreadableToken, .noCredential, .shortToken:
            .configuration
        }
    }

    private static func status(of error: FleetFault) -> ExitStatus {
        switch error.kind {
        case .configuration: .configuration
        case .unreachable: .inputOutput
        case .refused: .notPermitted
        case .value: .badData
        }
    }

    private static func status(of error: StoreError) -> ExitStatus {
        switch error {
        case .missing, .noSuchEvent: .noInput
        case .damaged, .notADatabase, .foreignDatabase, .newerVersion, .olderVersion: .badData
        case .cannotCreate, .inUse: .cannotCreate
        case .notPermitted: .notPermitted
        case .notOpenYet, .locked, .diskFull, .readOnly, .interrupted, .failed: .inputOutput
        }
    }
}

extension CommandFailure {
    /// Wrong usage that the argument parser found, in one line like every other failure; nil for
    /// help, the version and a plain exit code.
    ///
    /// - Parameters:
    ///   - error: What the parser threw.
    ///   - arguments: What stands on the command line after the program's name.
    init?(usage error: any Error, arguments: [String]) {
        guard Earwitness.exitCode(for: error) == .validationFailure else { return nil }
        let message = Earwitness.message(for: error)
        guard !message.isEmpty else { return nil }
        if let unknown = Self.unknownCommand(arguments.first) {
            self.init(.usage, unknown)
            return
        }
        let help =
            Earwitness.fullMessage(for: error).firstMatch(of: /See '(.+ --help)'/).map { match in
                "See '\(match.1)'."
            }
        let sentences = [
            Self.sentence(message), Self.advice(about: message, arguments: arguments), help,
        ]
        self.init(.usage, sentences.compactMap { $0 }.joined(separator: " "))
    }

    /// What to say of a first word that is no command, about whose options the parser complains.
    private static func unknownCommand(_ word: String?) -> String? {
        let commands = Earwitness.configuration.subcommands.compactMap {
            $0.configuration.commandName
        }
        guard let word, !word.hasPrefix("-"), word != "help", !commands.contains(word) else {
            return nil
        }
        let question = NearestName.question(for: word, among: commands)
        return "There is no command '\(word)'\(question.isEmpty ? "." : "; \(question)") "
            + "See 'earwitness --help'."
    }

    /// The message on one line, with a full stop.
    private static func sentence(_ message: String) -> String {
        let line = message.split(separator: "\n").joined(separator: " ")
        return [".", "?", "!"].contains { line.hasSuffix($0) } ? line : line + "."
    }

    /// How to give a negative number, which the parser reads as an option.
    private static func advice(about message: String, arguments: [String]) -> String? {
        guard message.hasPrefix("Missing") || message.hasPrefix("Unknown option"),
            let place = arguments.firstIndex(where: { $0.wholeMatch(of: /-\.?[0-9].*/) != nil })
        else { return nil }
        let number = arguments[place]
        guard place > 0, arguments[place - 1].hasPrefix("--") else {
            return "'\(number)' looks like an option: put '--' before the arguments."
        }
        let option = arguments[place - 1]
        return "'\(number)' looks like an option: write '\(option)=\(number)'."
    }
}
