public import Foundation
public import Radiology

/// The templates of a site: a department's own before those that come with the program.
///
/// A department's file takes the place of the shipped one of the same name. A file with a mistake
/// is left out and said to be so in ``flaws``; the shipped file it replaces does not come back,
/// because its sentences are those the department did not want. What no template fits any more
/// gets the generic one, so that no report is ever blank.
public struct ReportTemplates: Sendable {
  /// Why a file is not used.
  public struct Flaw: Sendable, Hashable, CustomStringConvertible {
    /// Below the folder it is in, for example `templates/hand.txt`.
    public let file: String
    /// Counted from 1; none where the whole file is at fault.
    public let line: Int?
    public let reason: String

    /// What is wrong where, and what to do about it.
    public var description: String {
      let place = line.map { "line \($0): " } ?? ""
      return "Report template \(file), \(place)\(reason) It is left out, and what no other fits "
        + "gets the generic template; mend the file and open the study again."
    }
  }

  /// In the order in which they are asked.
  let templates: [ReportTemplate]
  public let flaws: [Flaw]

  /// Reads the `templates` folder of the assets and, if there is one, of a `department`.
  public init(assets: URL, department: URL? = nil) {
    var shelf = Shelf()
    let own = department.map { shelf.read($0) } ?? []
    shelf.read(assets, except: Set(own))
    if own.contains(Self.generic), shelf.isFlawed(Self.generic) {
      shelf.read(assets, only: Self.generic)
    }
    let snippets = shelf.snippets
    templates = (shelf.templates + [.bare]).map { $0.adding(snippets) }
    flaws = shelf.flaws
  }

  /// The template that fits a study best; a department's own before a shipped one.
  public func fitting(_ study: Study) -> ReportTemplate {
    // The bare one fits any study, so there is one.
    templates.max { $0.fit(study) < $1.fit(study) } ?? .bare
  }

  /// What each template is called and what it is for, in the order in which they are asked.
  public var summary: [(name: String, bodyParts: [String], modalities: [String])] {
    templates.dropLast().map { ($0.name, $0.bodyParts, $0.modalities) }
  }

  static let generic = "generic.txt"
  /// Snippets for every template.
  static let shared = "snippets.txt"
}

/// What was read so far.
private struct Shelf {
  var templates: [ReportTemplate] = []
  var snippets: [Snippet] = []
  var flaws: [ReportTemplates.Flaw] = []

  func isFlawed(_ name: String) -> Bool { flaws.contains { $0.file == "templates/\(name)" } }

  /// Takes the files of one folder in the order of their names, and answers the names.
  @discardableResult
  mutating func read(_ folder: URL, except known: Set<String> = [], only: String? = nil)
    -> [String]
  {
    let place = folder.appending(path: "templates").path
    let all: [String]
    do { all = try FileManager.default.contentsOfDirectory(atPath: place) } catch {
      // A department need not have any; what is there and cannot be read is no such case.
      if FileManager.default.fileExists(atPath: place) {
        flaws.append(
          ReportTemplates.Flaw(file: "templates", line: nil, reason: "the folder cannot be read."))
      }
      all = []
    }
    let names = all.sorted().filter {
      $0.hasSuffix(".txt") && !$0.hasPrefix(".") && (only == nil || $0 == only)
    }
    for name in names where !known.contains(name) || name == ReportTemplates.shared {
      do {
        let text = try Assets.text(of: "templates/\(name)", in: folder)
        if name == ReportTemplates.shared {
          add(try Snippet.all(parsing: text))
        } else {
          templates.append(try ReportTemplate(parsing: text))
        }
      } catch ReportingError.template(let line, let reason) {
        note(name, line, reason)
      } catch {
        note(name, nil, "it cannot be read as text.")
      }
    }
    return names
  }

  /// The first meaning of an abbreviation holds.
  private mutating func add(_ new: [Snippet]) {
    for snippet in new where !snippets.contains(where: { $0.abbreviation == snippet.abbreviation })
    {
      snippets.append(snippet)
    }
  }

  private mutating func note(_ name: String, _ line: Int?, _ reason: String) {
    flaws.append(
      ReportTemplates.Flaw(file: "templates/\(name.printable)", line: line, reason: reason))
  }
}

extension ReportTemplate {
  /// With the site's snippets behind its own; its own meaning of an abbreviation holds.
  fileprivate func adding(_ shared: [Snippet]) -> ReportTemplate {
    let own = Set(snippets.map(\.abbreviation))
    return ReportTemplate(
      name: name, bodyParts: bodyParts, modalities: modalities, sections: sections,
      snippets: snippets + shared.filter { !own.contains($0.abbreviation) })
  }

  /// The sections no report can do without, for the day when no file can be read.
  static let bare: ReportTemplate = {
    let text = """
      template: Any study
      [findings] Findings (required)
      undetermined: No model judged this study: {reason}
      failed: No image could be read: {reason}
      confirmed: {name}: abnormal region, {place}[, {image}], {origin}.[ {note}]
      unsure: {name}: region of uncertain significance, {place}[, {image}], {origin}.[ {note}]
      open: {name}: region marked by the model and not reviewed, {place}[, {image}].
      [impression] Impression (required)
      failed: Not diagnostic: no image could be read.
      """
    do { return try ReportTemplate(parsing: text) } catch {
      preconditionFailure("the template in the program has no mistake: \(error)")
    }
  }()
}
