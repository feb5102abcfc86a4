import ArgumentParser
import Foundation
import Gateway

/// Which peers a command speaks to.
struct GatewayOptions: ParsableArguments {
  @OptionGroup var options: StoreOptions
  @Option(
    help: ArgumentHelp(
      "File that names the peers.", discussion: "Default: secondlook.toml in the store's folder.",
      valueName: "file"),
    completion: .file(extensions: ["toml"]))
  var config: String?

  /// Where the store is, or would be.
  var home: URL { options.folder }

  /// Reads the configuration; a mistake in it ends the command.
  func configuration() throws -> Configuration {
    if let config { return try Configuration.read(URL(filePath: config)) }
    return try Configuration.read(home: home)
  }

  /// The archives of the configuration, or the one that somebody named.
  func archives(_ name: String?) throws -> [Configuration.Archive] {
    let archives = try configuration().archives
    guard let name else {
      guard archives.isEmpty else { return archives }
      throw ValidationError("No [[pacs]] is configured; \(Self.hint)")
    }
    let named = archives.filter { $0.name == name }
    guard named.isEmpty else { return named }
    let known = archives.map(\.name).joined(separator: ", ")
    throw ValidationError(
      "There is no PACS “\(name)”; configured: \(known.isEmpty ? "none" : known).")
  }

  /// Where to begin when nothing is configured.
  static let hint = "copy secondlook.toml from the program's assets into the store's folder."
}

/// Speaks to an archive for as long as the work lasts.
func speaking<Result>(
  to archive: Configuration.Archive, _ work: (DICOMweb) async throws -> Result
) async throws -> Result {
  let web = try DICOMweb(archive)
  let result: Swift.Result<Result, any Error>
  do {
    result = .success(try await work(web))
  } catch {
    result = .failure(error)
  }
  await web.close()
  return try result.get()
}
