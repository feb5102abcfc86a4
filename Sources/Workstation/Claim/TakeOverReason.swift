/// Why a reader takes a study from another: it goes into the log, and the other is told.
enum TakeOverReason: String, Sendable, CaseIterable {
  case agreed, away, urgent, leftOpen, other

  var words: String {
    switch self {
    case .agreed: "handed over by agreement"
    case .away: "the reader is away"
    case .urgent: "the patient cannot wait"
    case .leftOpen: "a session was left open"
    case .other: "another reason"
    }
  }
}
