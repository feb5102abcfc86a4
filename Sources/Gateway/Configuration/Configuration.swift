public import Foundation
public import Radiology

/// Who may send images here and where images and orders are looked for: `secondlook.toml`.
///
/// A section that is not there is a service that does not start. Nothing starts on a file with a
/// mistake in it, and secrets are in files of their own.
public struct Configuration: Sendable, Equatable {
  /// What the file is called in the store's folder.
  public static let fileName = "secondlook.toml"

  /// The DICOM receiver, C-STORE and C-ECHO.
  public struct Receiver: Sendable, Equatable {
    /// Our application entity title, as callers have to say it.
    public let title: String
    public let port: Int
    /// The address of this machine to listen at.
    public let address: String
    /// Application entity titles that may send; at least one.
    public let accepts: [String]
    /// How long no image of a study has to arrive until the study counts as complete.
    public let completeAfter: Duration
    /// Most bytes of one object.
    public let largest: Int
    public let tls: Identity?
  }

  /// An archive that speaks DICOMweb.
  public struct Archive: Sendable, Equatable {
    public let name: String
    /// Root of its web services, without a slash at the end.
    public let url: URL
    /// Certificates that may sign the archive's own (PEM); nil for those of the system.
    public let authorities: URL?
    public let credentials: Credentials?
    /// Modalities that are looked for; empty means all.
    public let modalities: [String]
    /// How many days back studies are looked for.
    public let days: Int
    /// How often; nil means only when somebody asks.
    public let interval: Duration?
    /// Most bytes of one object.
    public let largest: Int
  }

  /// A server of the modality worklist.
  public struct Worklist: Sendable, Equatable {
    public let host: String
    public let port: Int
    /// The server's application entity title.
    public let called: String
    /// Ours.
    public let calling: String
    /// Modality of the steps that are asked for, for example `DX`; nil means all.
    public let modality: String?
    /// How often; nil means only when somebody asks.
    public let interval: Duration?
    public let tls: Trust?
  }

  /// A certificate with its key: who we are; and who may sign that of the other side.
  public struct Identity: Sendable, Equatable {
    public let certificate: URL
    public let key: URL
    /// nil means that callers need no certificate.
    public let authorities: URL?
  }

  /// Who may sign the other side's certificate, and who we are if it asks.
  public struct Trust: Sendable, Equatable {
    public let authorities: URL
    public let certificate: URL?
    public let key: URL?
  }

  public let receiver: Receiver?
  /// Folders whose files are taken in.
  public let watched: [URL]
  public let archives: [Archive]
  public let worklist: Worklist?
  /// What a department wants to be asked about, and what is read twice.
  public let reading: ReadingRules
  /// Where documents go; none means the folder in the store's.
  public let destinations: [Destination]
  /// What is demanded of a federation.
  public let federation: Federation
  /// What is asked of a model before it sorts the worklist.
  public let model: ModelRules

  /// A configuration in which nothing speaks to anybody.
  public static let none = Configuration(
    receiver: nil, watched: [], archives: [], worklist: nil, reading: ReadingRules(),
    destinations: [], federation: .usual, model: ModelRules())
}

extension Configuration {
  /// Reads `secondlook.toml` of a store's folder; one that is not there configures nothing.
  ///
  /// - Throws: ``ConfigurationError`` that names the file, the line and the setting.
  public static func read(home: URL) throws(ConfigurationError) -> Configuration {
    guard let (text, file) = try text(home: home) else { return .none }
    return try read(text, file: file)
  }

  /// The text of a store's configuration, and where it stands; none if there is none.
  static func text(home: URL) throws(ConfigurationError) -> (String, URL)? {
    let file = home.appending(path: fileName)
    // A link that leads nowhere is a mistake, and no missing file.
    guard (try? FileManager.default.attributesOfItem(atPath: file.path)) != nil else { return nil }
    return (try text(of: file), file)
  }

  /// Reads the file that somebody named.
  ///
  /// - Throws: ``ConfigurationError`` that names the file, the line and the setting.
  public static func read(_ file: URL) throws(ConfigurationError) -> Configuration {
    try read(text(of: file), file: file)
  }

  private static func text(of file: URL) throws(ConfigurationError) -> String {
    guard let data = try? Data(contentsOf: file), let text = String(bytes: data, encoding: .utf8)
    else { throw ConfigurationError(file: file.lastPathComponent, problem: "it cannot be read") }
    return text
  }

  /// What is read here; ``Workplace`` reads the others.
  static let sections = [
    "receive", "watch", "pacs", "worklist", "destination", "federation", "model",
  ]

  /// Reads a text as if it were in a file; paths count from that file's folder.
  static func read(_ text: String, file: URL) throws(ConfigurationError) -> Configuration {
    var settings = try Settings(text, file: file)
    let receiver = try settings.section("receive", Receiver.init)
    let watched = try settings.section("watch") {
      (section: inout Settings) throws(ConfigurationError) in try section.folders("folders")
    }
    let archives = try settings.sections("pacs", Archive.init)
    guard Set(archives.map(\.name)).count == archives.count else {
      throw settings.wrong("pacs", "may use each name once")
    }
    let worklist = try settings.section("worklist", Worklist.init)
    let destinations = try settings.sections("destination", Destination.init)
    guard Set(destinations.map(\.name)).count == destinations.count else {
      throw settings.wrong("destination", "may use each name once")
    }
    let federation = try settings.section("federation", Federation.init)
    let model = try settings.section("model", ModelRules.init)
    // Mistakes of the other sections are told here too: this is what `peer check` reads.
    let workplace = try Workplace(&settings)
    try settings.end()
    return Configuration(
      receiver: receiver, watched: watched ?? [], archives: archives, worklist: worklist,
      reading: workplace.reading, destinations: destinations,
      federation: federation ?? .usual, model: model ?? ModelRules())
  }
}
