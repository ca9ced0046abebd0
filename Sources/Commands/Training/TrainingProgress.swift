import Foundation
@preconcurrency import Glibc
import Synchronization
import Training

/// A line on the terminal while a model is trained; one line a tenth of the way elsewhere.
final class TrainingProgress {
    private let settings: TrainingSettings
    private let isOn = Terminal.showsProgress
    private var fold = -1
    private var started = Date()
    private var firstStep = 0
    private var loss = 0.0
    private var accuracy = 0.0
    private var lastShown = Date.distantPast

    init(settings: TrainingSettings) {
        self.settings = settings
    }

    /// Shows a step of a fold, 0 being the whole data set.
    func show(_ report: StepReport, ofFold fold: Int) {
        if fold != self.fold {
            (self.fold, started, firstStep) = (fold, Date(), report.step - 1)
            (loss, accuracy) = (report.loss, report.accuracy)
        }
        loss += (report.loss - loss) * 0.02
        accuracy += (report.accuracy - accuracy) * 0.02
        let tenth = max(settings.steps / 10, 1)
        if isOn, Date().timeIntervalSince(lastShown) > 0.2 {
            lastShown = Date()
            StandardError.write("\r\u{1B}[K" + line(report.step))
        } else if !isOn, report.step % tenth == 0 {
            StandardError.write(line(report.step) + "\n")
        }
    }

    /// Clears the line.
    func clear() {
        if isOn { StandardError.write("\r\u{1B}[K") }
    }

    private func line(_ step: Int) -> String {
        let seconds = Date().timeIntervalSince(started)
        let left = seconds / Double(max(step - firstStep, 1)) * Double(settings.steps - step)
        let part = fold > 0 ? "fold \(fold), " : ""
        return part + "step \(step) of \(settings.steps), loss \(rounded(loss, 1_000)), "
            + "accuracy \(rounded(accuracy * 100, 10)) %, \(Int(left.rounded())) s left"
    }

    private func rounded(_ value: Double, _ scale: Double) -> Double {
        (value * scale).rounded() / scale
    }
}

/// Whether Ctrl-C was pressed while something worth keeping is being made.
enum InterruptFlag {
    private static let flag = Atomic(false)

    static var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Takes the next interrupt as a wish to stop; one more ends the process.
    static func install() {
        signal(SIGINT) { _ in
            InterruptFlag.flag.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
        // A program that starts this one from a worker thread hands its blocked signals down.
        var interrupt = sigset_t()
        sigemptyset(&interrupt)
        sigaddset(&interrupt, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
    }
}
