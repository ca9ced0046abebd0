import AudioCapture
import AudioFiles
import Evaluation
import EventExports
import EventStore
import Foundation
import LogMelFeatures
import ModelLibrary
import MonitorAPI
import MonitorConfiguration
import MonitorMessages
import MonitorPipeline
import ONNXInference
import SoundDatasets
import Training

extension CommandFailure {
    /// Finds the code and the line for an error; nil if the argument parser knows better.
    init?(describing error: any Error) {
        switch error {
        case let failure as CommandFailure:
            self = failure
        case let error as ConfigurationError:
            self.init(Self.status(of: error), error.description)
        case let error as ModelFolderError:
            self.init(Self.status(of: error), error.description)
        case let error as ModelError:
            self.init(.badData, error.description)
        case let error as FrontEndError:
            self.init(.badData, error.description)
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

    private static func status(of error: ConfigurationError) -> ExitStatus {
        switch error {
        case .missing, .unreadable, .invalid: .configuration
        case .unwritable: .cannotCreate
        }
    }

    private static func status(of error: ModelFolderError) -> ExitStatus {
        switch error {
        case .unknownModel, .unreadable: .noInput
        case .invalidDescription, .unusableNetwork, .mismatch: .badData
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
        case .cannotCreate: .cannotCreate
        case .notPermitted: .notPermitted
        case .notOpenYet, .locked, .diskFull, .readOnly, .interrupted, .failed: .inputOutput
        }
    }
}
