/// The resonances of a throat and mouth, side by side: what makes a buzz a voice.
struct VocalTract {
    /// One resonance.
    typealias Formant = (hz: Double, widthHz: Double, decibels: Double)

    private var filters: [SceneFilter]
    private var gains: [Double]

    /// Builds the resonances.
    init(_ formants: [Formant], rateHz: Double) {
        filters = formants.map {
            .bandPass(hz: $0.hz, widthHz: $0.widthHz, rateHz: rateHz)
        }
        gains = formants.map { Waveform.gain(decibels: $0.decibels) }
    }

    /// Moves the resonances, as a mouth that opens or closes does.
    mutating func tune(_ formants: [Formant], rateHz: Double) {
        precondition(formants.count == filters.count, "A mouth keeps its number of formants")
        for (index, formant) in formants.enumerated() {
            filters[index].tuneBandPass(
                hz: formant.hz,
                widthHz: formant.widthHz,
                rateHz: rateHz
            )
            gains[index] = Waveform.gain(decibels: formant.decibels)
        }
    }

    /// Takes one sample of the source in and gives one of the voice out.
    mutating func process(_ input: Double) -> Double {
        var sum = 0.0
        for index in filters.indices {
            sum += gains[index] * filters[index].process(input)
        }
        return sum
    }
}
