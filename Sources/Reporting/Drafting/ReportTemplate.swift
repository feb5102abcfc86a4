import Radiology

/// What a report of one body part consists of, and the sentences a draft begins with.
///
/// Templates are text files that a department edits; `assets/templates/generic.txt` explains the
/// format at its head.
public struct ReportTemplate: Sendable, Hashable {
  /// When a line of the template is used.
  enum Occasion: String, Sendable, CaseIterable {
    /// In every draft.
    case always
    /// As the reader calls the study.
    case normal, suspicious
    /// As long as the reader has not called it.
    case undetermined
    /// However the reader calls it, where no image could be read; in place of the three above.
    case failed
    /// Once per region that the reader agrees with or added, is unsure of, or said nothing of.
    case confirmed, unsure, open
    /// Once per region of any of these.
    case region

    var isAboutRegions: Bool {
      switch self {
      case .confirmed, .unsure, .open, .region: true
      case .always, .normal, .suspicious, .undetermined, .failed: false
      }
    }
  }

  struct Line: Sendable, Hashable {
    let occasion: Occasion
    let sentence: Sentence
  }

  struct Section: Sendable, Hashable {
    let key: String
    let title: String
    let isRequired: Bool
    var lines: [Line] = []
    var choices: [Phrase] = []
  }

  public let name: String
  /// Body Part Examined (0018,0015) and Modality (0008,0060) it is for; none means any.
  let bodyParts: [String]
  let modalities: [String]
  let sections: [Section]
  /// What a semicolon and a few letters stand for.
  public let snippets: [Snippet]

  init(
    name: String, bodyParts: [String], modalities: [String], sections: [Section],
    snippets: [Snippet] = []
  ) {
    self.name = name
    self.bodyParts = bodyParts
    self.modalities = modalities
    self.sections = sections
    self.snippets = snippets
  }

  /// The pick list of the section with this key; empty where there is none.
  public func choices(of key: String) -> [Phrase] {
    sections.first { $0.key == key }?.choices ?? []
  }

  /// Values a sentence may use, and those of a sentence about a region besides.
  static let studyValues: Set = [
    "modality", "view", "body-part", "description", "date", "images", "unreadable", "reason",
  ]
  static let regionValues: Set = ["name", "place", "size", "image", "origin", "note"]

  /// How well it fits a study: 0 for not at all; a named modality counts more than any.
  func fit(_ study: Study) -> Int {
    let isPart = bodyParts.contains(study.bodyPart.uppercased())
    let isModality = modalities.contains(study.modality.uppercased())
    if !bodyParts.isEmpty, !isPart { return 0 }
    if !modalities.isEmpty, !isModality { return 0 }
    return 1 + (isPart ? 2 : 0) + (isModality ? 1 : 0)
  }
}
