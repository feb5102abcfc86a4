import Foundation

extension Configuration.Receiver {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    title = try settings.title("ae_title") ?? "SECONDLOOK"
    port = try settings.port("port") ?? 11_112
    address = try settings.host("address") ?? "127.0.0.1"
    accepts = try settings.titles("accept")
    completeAfter = .seconds(try settings.whole("complete_after", in: 1...86_400) ?? 60)
    largest = try settings.largest("largest")
    tls = try settings.section("tls", Configuration.Identity.init)
    guard !accepts.isEmpty else {
      throw settings.wrong("accept", "has to name at least one title, or nobody may send")
    }
  }
}

extension Configuration.Worklist {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    host = try settings.demand("host", settings.host("host"))
    port = try settings.demand("port", settings.port("port"))
    called = try settings.demand("ae_title", settings.title("ae_title"))
    calling = try settings.title("calling") ?? "SECONDLOOK"
    modality = try settings.modality("modality")
    interval = try settings.interval("every")
    tls = try settings.section("tls", Configuration.Trust.init)
  }
}

extension Configuration.Identity {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    certificate = try settings.demand("certificate", settings.file("certificate"))
    key = try settings.demand("key", settings.privateFile("key"))
    authorities = try settings.file("authorities")
  }
}

extension Configuration.Trust {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    authorities = try settings.demand("authorities", settings.file("authorities"))
    certificate = try settings.file("certificate")
    key = try settings.privateFile("key")
    guard (certificate == nil) == (key == nil) else {
      throw settings.wrong(key == nil ? "key" : "certificate", "is missing: they go together")
    }
  }
}

extension Configuration.Archive {
  init(_ settings: inout Settings) throws(ConfigurationError) {
    name = try settings.demand("name", settings.name("name"))
    url = try Self.address(&settings)
    authorities = try settings.file("authorities")
    credentials = try Credentials(&settings)
    modalities = try settings.modalities("modalities")
    days = try settings.whole("days", in: 1...36_500) ?? 7
    interval = try settings.interval("every")
    largest = try settings.largest("largest")
    try checkSecrecy(settings)
  }

  /// The web services of a destination, where only address, authorities and credentials are read.
  init(destination settings: inout Settings, name: String) throws(ConfigurationError) {
    self.init(
      name: name, url: try Self.address(&settings), authorities: try settings.file("authorities"),
      credentials: try Credentials(&settings), modalities: [], days: 1, interval: nil, largest: 0)
    try checkSecrecy(settings)
  }

  private func checkSecrecy(_ settings: Settings) throws(ConfigurationError) {
    if authorities != nil, url.scheme != "https" {
      throw settings.wrong("authorities", "is of no use: the url does not begin with https")
    }
    // A password that anybody on the way can read is none.
    if credentials != nil, url.scheme != "https", !Self.isLocal(url) {
      throw settings.wrong("url", "has to begin with https where there is a password or a token")
    }
  }

  private static func address(_ settings: inout Settings) throws(ConfigurationError) -> URL {
    var text = try settings.demand("url", settings.text("url"))
    while text.hasSuffix("/") { text.removeLast() }
    guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
      let host = url.host(), !host.isEmpty, url.query() == nil, url.fragment == nil
    else {
      throw settings.wrong("url", "has to be an address such as https://pacs.example/dicom-web")
    }
    guard url.user() == nil, url.password() == nil else {
      throw settings.wrong("url", "may hold no user or password; use user and password_file")
    }
    return url
  }

  private static func isLocal(_ url: URL) -> Bool {
    ["localhost", "127.0.0.1", "::1", "[::1]"].contains(url.host() ?? "")
  }
}
