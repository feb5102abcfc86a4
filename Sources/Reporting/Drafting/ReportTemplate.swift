public import Foundation
public import Radiology

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
  }

  public let name: String
  /// Body Part Examined (0018,0015) and Modality (0008,0060) it is for; none means any.
  let bodyParts: [String]
  let modalities: [String]
  let sections: [Section]

  init(name: String, bodyParts: [String], modalities: [String], sections: [Section]) {
    self.name = name
    self.bodyParts = bodyParts
    self.modalities = modalities
    self.sections = sections
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

  /// The template in a folder of assets that fits the study best.
  ///
  /// - Throws: ``ReportingError`` if a template there cannot be read or has a mistake, or none
  ///   fits.
  public static func fitting(_ study: Study, in folder: URL) throws(ReportingError)
    -> ReportTemplate
  {
    let templates = try all(in: folder)
    guard let best = templates.max(by: { $0.fit(study) < $1.fit(study) }), best.fit(study) > 0
    else { throw .unreadable(file: "templates/generic.txt") }
    return best
  }

  /// Every template in a folder of assets, in the order of the file names.
  static func all(in folder: URL) throws(ReportingError) -> [ReportTemplate] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "templates").path)
    var templates: [ReportTemplate] = []
    for name in (names ?? []).sorted() where name.hasSuffix(".txt") {
      templates.append(
        try ReportTemplate(parsing: try Assets.text(of: "templates/\(name)", in: folder)))
    }
    return templates
  }
}
