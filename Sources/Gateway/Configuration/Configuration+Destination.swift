public import Foundation
public import Radiology

extension Configuration {
  /// Where documents are delivered, which ones, and how often it is tried: `[[destination]]`.
  public struct Destination: Sendable, Equatable {
    /// How a destination is spoken to.
    public enum Kind: String, Sendable, CaseIterable {
      case folder, dicom, stow, fhir, mllp
    }

    /// Where it is.
    public enum Address: Sendable, Equatable {
      /// `isMade` says that it is made where it is not there.
      case folder(URL, isMade: Bool = false)
      case dicom(DICOMNode)
      case stow(Archive)
      case fhir(Archive)
      case mllp(MLLPNode)
    }

    public let name: String
    public let address: Address
    public let route: Route
    public let retries: RetryRule
    /// Whether it is asked, where it can be, if it really has what it says it has.
    public let verifies: Bool

    public var kind: Kind {
      switch address {
      case .folder: .folder
      case .dicom: .dicom
      case .stow: .stow
      case .fhir: .fhir
      case .mllp: .mllp
      }
    }

    /// What the folder is called that documents go to where nothing else is said.
    public static let folderName = "folder"

    /// A folder for everything that is signed, as a page and as SR.
    public static func folder(_ folder: URL) -> Destination {
      Destination(
        name: folderName, address: .folder(folder, isMade: true),
        route: Route(destination: folderName, formats: Kind.folder.usual))
    }

    public init(
      name: String, address: Address, route: Route, retries: RetryRule = RetryRule(),
      verifies: Bool = true
    ) {
      precondition(route.destination == name, "a destination has a route of its own")
      self.name = name
      self.address = address
      self.route = route
      self.retries = retries
      self.verifies = verifies
    }
  }
}

extension Configuration.Destination {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    let name = try settings.demand("name", settings.name("name"))
    guard name != Self.folderName else {
      throw settings.wrong("name", "is taken: what --deliver-to names is called so")
    }
    let kind = try settings.demand("kind", settings.choice("kind", Kind.self))
    self.init(
      name: name, address: try Self.address(kind, name, &settings),
      route: try Self.route(kind, name, &settings), retries: try Self.retries(&settings),
      verifies: try settings.flag("verify") ?? true)
  }

  private static func address(
    _ kind: Kind, _ name: String, _ settings: inout Settings
  ) throws(ConfigurationError) -> Address {
    switch kind {
    case .folder:
      let path = try settings.demand("folder", settings.text("folder"))
      return .folder(settings.place(path))
    case .dicom:
      return .dicom(
        DICOMNode(
          host: try settings.demand("host", settings.host("host")),
          port: try settings.demand("port", settings.port("port")),
          called: try settings.demand("ae_title", settings.title("ae_title")),
          calling: try settings.title("calling") ?? "SECONDLOOK",
          tls: try settings.section("tls", Configuration.Trust.init)))
    case .stow: return .stow(try Configuration.Archive(destination: &settings, name: name))
    case .fhir: return .fhir(try Configuration.Archive(destination: &settings, name: name))
    case .mllp:
      return .mllp(
        MLLPNode(
          host: try settings.demand("host", settings.host("host")),
          port: try settings.demand("port", settings.port("port")),
          tls: try settings.section("tls", Configuration.Trust.init),
          application: try settings.text("receiving_application") ?? "",
          facility: try settings.text("receiving_facility") ?? ""))
    }
  }

  private static func route(
    _ kind: Kind, _ name: String, _ settings: inout Settings
  ) throws(ConfigurationError) -> Route {
    let formats = try settings.words("formats", ExportFormat.self) ?? kind.usual
    if let stranger = formats.first(where: { !kind.takes($0) }) {
      throw settings.wrong(
        "formats", "has “\(stranger.rawValue)”, which no destination of kind \(kind.rawValue) takes"
      )
    }
    let states = try settings.words("states", Report.State.self) ?? Route.signed
    guard !states.contains(.draft) else {
      throw settings.wrong("states", "has “draft”: what nobody let out goes nowhere")
    }
    return Route(
      destination: name, formats: formats, states: states,
      modalities: try settings.modalities("modalities"), since: try settings.day("since"))
  }

  private static func retries(_ settings: inout Settings) throws(ConfigurationError) -> RetryRule {
    let usual = RetryRule()
    let first = try settings.whole("first_wait", in: 1...3600).map(Double.init) ?? usual.firstWait
    let longest =
      try settings.whole("longest_wait", in: 1...86_400).map(Double.init)
      ?? max(first, usual.longestWait)
    guard longest >= first else {
      throw settings.wrong("longest_wait", "is shorter than first_wait")
    }
    let patience = try settings.whole("give_up_after", in: 1...8_760).map { Double($0) * 3600 }
    return RetryRule(
      firstWait: first, longestWait: longest, patience: patience ?? usual.patience,
      attempts: try settings.whole("attempts", in: 1...100_000))
  }
}

extension Configuration.Destination.Kind {
  /// What goes there where nothing is said.
  var usual: [ExportFormat] {
    switch self {
    case .folder: [.text, .sr, .gsps, .kos]
    case .dicom, .stow: [.sr, .gsps, .kos]
    case .fhir, .mllp: ExportFormat.allCases.filter(takes)
    }
  }

  func takes(_ format: ExportFormat) -> Bool {
    switch self {
    case .folder: true
    case .dicom, .stow: format.medium == .dicom
    case .fhir: format.medium == .fhir
    case .mllp: format.medium == .hl7
    }
  }
}

extension Settings {
  /// A list of known words, at least one and each once.
  fileprivate mutating func words<Value: RawRepresentable<String> & CaseIterable & Hashable>(
    _ key: String, _ type: Value.Type
  ) throws(ConfigurationError) -> [Value]? {
    let texts = try texts(key)
    guard contains(key) else { return nil }
    let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
    guard !texts.isEmpty else { throw wrong(key, "has to name at least one of \(known)") }
    var words: [Value] = []
    for text in texts {
      guard let word = Value(rawValue: text) else {
        throw wrong(key, "has “\(text)”; known are \(known)")
      }
      guard !words.contains(word) else { throw wrong(key, "names “\(text)” twice") }
      words.append(word)
    }
    return words
  }

  /// The beginning of a day where this machine is, from `2026-11-27`.
  fileprivate mutating func day(_ key: String) throws(ConfigurationError) -> Date? {
    guard let text = try text(key) else { return nil }
    guard let match = text.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d)/),
      let year = Int(match.1), let month = Int(match.2), let day = Int(match.3),
      let date = Calendar(identifier: .gregorian).date(
        from: DateComponents(year: year, month: month, day: day)),
      Calendar(identifier: .gregorian).component(.day, from: date) == day
    else { throw wrong(key, "has to be a day such as \"2026-11-27\"") }
    return date
  }
}
