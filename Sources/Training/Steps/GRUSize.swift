/// The extents of a GRU.
struct GRUSize {
    let steps: Int
    let rows: Int
    let features: Int
    let hidden: Int
    let directions: Int
}
