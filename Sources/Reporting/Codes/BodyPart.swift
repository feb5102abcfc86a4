/// What a study shows, as far as this program has codes for it.
enum BodyPart: Hashable, Sendable {
  case chest, breast, head, other

  /// From Body Part Examined (0018,0015) in any spelling.
  ///
  /// Source: the defined terms of PS3.16 annex L.
  init(_ examined: String) {
    switch examined.uppercased().filter({ $0.isLetter }) {
    case "CHEST", "THORAX", "LUNG": self = .chest
    case "BREAST": self = .breast
    case "HEAD", "SKULL", "BRAIN": self = .head
    default: self = .other
    }
  }

  /// Where findings are; nothing rather than a guess.
  var site: Concept? {
    switch self {
    case .chest: .chest
    case .breast: .breast
    case .head: .head
    case .other: nil
    }
  }

  var procedure: Concept { self == .chest ? .chestImaging : .imagingProcedure }
}

extension Concept {
  /// The code for a Modality (0008,0060).
  static func modality(_ term: String) -> Concept {
    switch term {
    case "CR": .computedRadiography
    case "DX": .digitalRadiography
    case "MG": .mammography
    case "US": .ultrasound
    case "CT": .computedTomography
    case "MR": .magneticResonance
    case "RF": .radiofluoroscopy
    case "XA": .xRayAngiography
    case "PX": .panoramicXRay
    case "IO": .intraOralRadiography
    case "NM": .nuclearMedicine
    case "PT": .positronEmissionTomography
    case "XC": .externalCameraPhotography
    default: .otherModality
    }
  }
}
