/// The 95 % confidence interval of a share of `count` independent trials (Wilson, 1927).
struct WilsonInterval: Equatable {
    let low: Double
    let high: Double

    init(share: Double, count: Int) {
        guard count > 0 else {
            (low, high) = (0, 1)
            return
        }
        let z = 1.959964
        let n = Double(count)
        let centre = share + z * z / (2 * n)
        let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        low = (centre - reach) / (1 + z * z / n)
        high = (centre + reach) / (1 + z * z / n)
    }
}
