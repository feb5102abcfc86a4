public import Foundation
public import Radiology

/// How the screens look here, what keys they have, what is asked before a signature, who may do what
/// and who reports come from: the sections `[workstation]`, `[reading]`, `[roles]` and
/// `[letterhead]` of `secondlook.toml`.
///
/// They are read by themselves, as readers need not see the secrets the other sections name.
public struct Workplace: Sendable, Equatable {
  /// What the screens look like.
  public enum Theme: String, Sendable, CaseIterable {
    case auto, dark, light, mono
    case highContrast = "high-contrast"
  }

  /// The keys of one command.
  public struct Keys: Sendable, Equatable {
    public let command: String
    public let keys: [String]
    fileprivate let file: String
    fileprivate let line: Int?

    /// A complaint about them, with their file and line.
    public func wrong(_ problem: String) -> ConfigurationError {
      ConfigurationError(
        file: file, line: line, setting: "[workstation.keys] \(command)", problem: problem)
    }
  }

  /// nil where nothing is said.
  public let theme: Theme?
  public let usesMouse: Bool?
  public let reading: ReadingRules
  /// In the order of their commands' names.
  public let keys: [Keys]
  /// Unix groups by role; nil means that nobody is limited.
  public var roles: [StaffRole: [String]]?
  /// At the head of what is printed and in every document.
  public let letterhead: Letterhead

  /// A workplace of which nothing is said.
  public static let none = Workplace(
    theme: nil, usesMouse: nil, reading: ReadingRules(), keys: [], roles: nil, letterhead: .none)

  /// Reads these sections of `secondlook.toml` in a store's folder; one that is not there says
  /// nothing.
  ///
  /// - Throws: ``ConfigurationError`` that names the file, the line and the setting.
  public static func read(home: URL) throws(ConfigurationError) -> Workplace {
    guard let (text, file) = try Configuration.text(home: home) else { return .none }
    return try read(text, file: file)
  }

  /// Reads a text as if it were in a file.
  static func read(_ text: String, file: URL) throws(ConfigurationError) -> Workplace {
    var settings = try Settings(text, file: file)
    let workplace = try Workplace(&settings)
    for section in Configuration.sections { settings.skip(section) }
    try settings.end()
    return workplace
  }

  init(_ settings: inout Settings) throws(ConfigurationError) {
    let screens = try settings.section("workstation") {
      (section: inout Settings) throws(ConfigurationError) in
      (try section.choice("theme", Theme.self), try section.flag("mouse"), try Keys.all(&section))
    }
    (theme, usesMouse, keys) = screens ?? (nil, nil, [])
    reading = try settings.section("reading", ReadingRules.init) ?? ReadingRules()
    roles = try settings.section("roles") { (section: inout Settings) throws(ConfigurationError) in
      var roles: [StaffRole: [String]] = [:]
      for role in StaffRole.allCases { roles[role] = try section.texts(role.rawValue) }
      return roles
    }
    letterhead = try settings.section("letterhead", Letterhead.init) ?? .none
  }

  private init(
    theme: Theme?, usesMouse: Bool?, reading: ReadingRules, keys: [Keys],
    roles: [StaffRole: [String]]?, letterhead: Letterhead
  ) {
    self.theme = theme
    self.usesMouse = usesMouse
    self.reading = reading
    self.keys = keys
    self.roles = roles
    self.letterhead = letterhead
  }
}

extension Workplace.Keys {
  fileprivate static func all(
    _ section: inout Settings
  ) throws(ConfigurationError) -> [Workplace.Keys] {
    try section.section("keys") { (keys: inout Settings) throws(ConfigurationError) in
      var all: [Workplace.Keys] = []
      for command in keys.names {
        let place = keys.wrong(command, "")
        all.append(
          Workplace.Keys(
            command: command, keys: try keys.texts(command), file: place.file, line: place.line))
      }
      return all
    } ?? []
  }
}

extension Letterhead {
  fileprivate init(_ settings: inout Settings) throws(ConfigurationError) {
    self.init(
      name: try settings.demand("name", settings.text("name")),
      department: try settings.text("department") ?? "",
      address: try settings.texts("address"), phone: try settings.text("phone") ?? "")
  }
}
