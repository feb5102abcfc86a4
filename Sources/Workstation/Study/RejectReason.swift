/// Why a reader rejects a region: short, so that it costs one key and still teaches something.
enum RejectReason: String, Sendable, CaseIterable {
  case shadow, device, variant, old, quality, other

  var key: Character {
    switch self {
    case .shadow: "s"
    case .device: "d"
    case .variant: "v"
    case .old: "k"
    case .quality: "q"
    case .other: "x"
    }
  }

  /// What is kept as the finding's note.
  var note: String {
    switch self {
    case .shadow: "shadow or overlap"
    case .device: "device or artefact"
    case .variant: "normal variant"
    case .old: "old or known"
    case .quality: "image quality"
    case .other: ""
    }
  }

  var label: String { self == .other ? "other" : note }
}
