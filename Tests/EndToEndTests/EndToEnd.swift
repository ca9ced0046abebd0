import Testing

/// The built program as its users run it, one test at a time.
///
/// They play sound at its own pace, and what one of them measures another must not disturb.
@Suite(.serialized) enum EndToEnd {}
