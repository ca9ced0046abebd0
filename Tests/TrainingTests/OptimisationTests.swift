import NeuralNetwork
import Testing

@testable import Training

@Suite struct OptimisationTests {
    @Test func cosineScheduleWarmsUpAndEndsAtZero() {
        let schedule = LearningRateSchedule(
            peak: 1,
            warmUpSteps: 10,
            totalSteps: 110,
            shape: .cosine
        )
        #expect(abs(schedule.rate(at: 0) - 0.1) < 1e-6)
        #expect(schedule.rate(at: 9) == 1)
        #expect(schedule.rate(at: 10) == 1)
        #expect(abs(schedule.rate(at: 60) - 0.5) < 1e-6)
        #expect(schedule.rate(at: 109) < 0.001)
    }

    @Test func stepScheduleFallsByItsFactor() {
        let schedule = LearningRateSchedule(
            peak: 0.8,
            warmUpSteps: 0,
            totalSteps: 100,
            shape: .steps(interval: 30, factor: 0.5)
        )
        #expect(schedule.rate(at: 29) == 0.8)
        #expect(schedule.rate(at: 30) == 0.4)
        #expect(schedule.rate(at: 90) == 0.1)
    }

    @Test func averageFollowsTheWeightsAndCanBeExchanged() {
        let tensor = PlanTensor(name: "w", shape: [1], values: [1], hasGradient: true)
        let average = WeightAverage(decay: 0.75, of: [tensor])
        tensor.values.slice[0] = 2
        average.update()
        average.exchange()
        #expect(tensor.values.slice[0] == 1.25)
        average.exchange()
        #expect(tensor.values.slice[0] == 2)
    }

    @Test func longGradientsAreCutToTheLimit() {
        let tensor = PlanTensor(name: "w", shape: [2], values: [0, 0], hasGradient: true)
        let optimizer = Optimizer(.momentum(0), weightDecay: 0, weights: [tensor])
        tensor.gradient?.slice.update(from: ([3, 4] as [Float]).span)
        #expect(optimizer.clipGradients(to: 10) == 5)
        #expect(tensor.gradient?.toArray() == [3, 4])
        optimizer.clipGradients(to: 1)
        #expect(abs((tensor.gradient?.toArray()[1] ?? 0) - 0.8) < 1e-6)
    }

    @Test func biasesAndNormalisationsDoNotDecay() {
        let matrix = PlanTensor(name: "w", shape: [1, 1], values: [1], hasGradient: true)
        let bias = PlanTensor(name: "b", shape: [1], values: [1], hasGradient: true)
        let optimizer = Optimizer(.standard, weightDecay: 0.1, weights: [matrix, bias])
        optimizer.step(rate: 1)
        #expect(abs(matrix.values.slice[0] - 0.9) < 1e-6)
        #expect(bias.values.slice[0] == 1)
    }

    @Test func unknownTargetTeachesNothing() {
        var gradient: [Float] = [9, 9]
        let loss = TrainingLoss.binaryCrossEntropy(labelSmoothing: 0.1).evaluate(
            logits: [3, 0],
            targets: [TrainingLoss.unknown, 1],
            classCount: 2,
            gradient: &gradient
        )
        #expect(gradient[0] == 0)
        #expect(abs(gradient[1] + 0.225) < 1e-6)
        #expect(abs(loss - 0.6931 / 2) < 1e-3)
    }

    @Test func settingOutOfRangeIsNamed() {
        var settings = TrainingSettings()
        settings.batchSize = 1
        let error = #expect(throws: TrainingError.self) { try settings.validate() }
        #expect(error?.description == "--batch is 1, allowed: 2 to 4096.")
        #expect(error?.exitCode == 64)
    }
}
