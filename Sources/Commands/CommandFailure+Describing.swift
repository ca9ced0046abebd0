import AudioCapture
import AudioFiles
import Detection
import Evaluation
import EventStore
import Foundation
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

extension CommandFailure {
    /// Finds the code and the line for an error; nil if the argument parser knows better.
    init?(describing error: any Error) {
        switch error {
        case let failure as CommandFailure:
            self = failure
        case let error as FileWriteError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .inputOutput, error.description)
        case let error as PictureError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .inputOutput, error.description)
        case let error as ConfigurationError:
            self.init(Self.status(of: error), error.description)
        case let error as ModelFolderError:
            self.init(Self.status(of: error), error.description)
        case let error as ModelError:
            self.init(.badData, error.description)
        case let error as FrontEndError:
            self.init(.badData, error.description)
        case let error as ONNXFileError:
            self.init(.badData, error.description)
        case let error as NPYError:
            self.init(.badData, error.description)
        case let error as ResamplerError:
            self.init(.badData, error.description)
        case let error as InvalidDetectionSetting:
            self.init(.configuration, error.description)
        case let error as DocumentProblem:
            self.init(.configuration, error.description)
        case let error as SpoolError:
            self.init(.inputOutput, error.description)
        case let error as StoreError:
            self.init(Self.status(of: error), error.description)
        case let error as RecordingError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .badData, error.description)
        case let error as TrainingError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .badData, error.description)
        case let error as TimePitchError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .unavailable, error.description)
        case let error as DataSetError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .badData, error.description)
        case let error as AnnotationError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .badData, error.description)
        case let error as EvaluationError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .badData, error.description)
        case let error as ComposeError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .badData, error.description)
        case let error as CaptureError:
            self.init(Self.status(of: error), error.description)
        case let error as ClientError:
            self.init(Self.status(of: error), error.description)
        case let error as ServerError:
            self.init(Self.status(of: error), error.description)
        case let error as SourceSampleError:
            self.init(.badData, error.description)
        case let error as ControlError:
            self.init(.usage, error.description)
        case let error as MomentExpression.Unreadable:
            self.init(.usage, error.description)
        default:
            return nil
        }
    }

    /// Describes an error that nobody foresaw: the file system's in its words, anything else as a
    /// bug that can be reported, and never in the words that the program's parts have among
    /// themselves.
    init(unexpected error: any Error) {
        switch error {
        case is CancellationError:
            self.init(.interrupted, "Interrupted before the end. Run the command again.")
        case is CocoaError, is POSIXError:
            let file = (error as? CocoaError)?.filePath.map { "'\($0)'" } ?? "a file"
            self.init(
                .inputOutput,
                "Cannot read or write \(file): \(FileFailure.reason(error)). "
                    + "Check that it is there, that you may use it, and the disk."
            )
        default:
            self.init(
                .bug,
                "This is a bug in earwitness \(earwitnessVersion): the error "
                    + "'\(String(reflecting: type(of: error)))' was not expected. "
                    + "Please report this line and the command."
            )
        }
    }

    private static func status(of error: ConfigurationError) -> ExitStatus {
        switch error {
        case .missing, .unreadable, .invalid: .configuration
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
        case .noSuchDevice, .soundServerUnreachable, .vanished: .noInput
        case .permissionDenied: .notPermitted
        case .invalidSetting, .invalidConfiguration, .noSuchChannel: .configuration
        case .deviceBusy, .cannotOpen, .cannotConfigure, .noUsableFormat, .rateChanged,
            .deliversNothing, .keepsOverrunning:
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
        case .socketPathTooLong, .unusableGroup, .tokenMissing, .unreadableToken, .noCredential,
            .shortToken:
            .configuration
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
