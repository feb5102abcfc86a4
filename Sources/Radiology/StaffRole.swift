/// What somebody is in the department, as a configuration says by Unix groups.
public enum StaffRole: String, Sendable, Hashable, CaseIterable {
  /// Reads, decides, signs.
  case reader
  /// Looks after the program: its models, and what comes in.
  case admin
  /// Looks at studies and takes signed reports along.
  case clinician
  /// Looks.
  case readOnly = "read-only"

  /// What the role is there for; everybody may look.
  var acts: Set<Act> {
    switch self {
    case .reader: [.decide, .export, .takeIn, .consent]
    case .admin: [.takeIn, .consent, .administer]
    case .clinician: [.export]
    case .readOnly: []
    }
  }
}

/// Something that not everybody may do.
public enum Act: Sendable, Hashable, CaseIterable {
  /// Decide about a study and its regions, write its report, sign.
  case decide
  /// Write a report or images to a file.
  case export
  /// Bring studies into the store.
  case takeIn
  /// Say whether a patient allows a study to become a lesson.
  case consent
  /// Change which model reads, and train.
  case administer

  /// As the subject of a sentence.
  var name: String {
    switch self {
    case .decide: "deciding, writing and signing"
    case .export: "exporting"
    case .takeIn: "taking in studies"
    case .consent: "recording consent"
    case .administer: "administering"
    }
  }
}
