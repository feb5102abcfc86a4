public import Foundation

/// Where the files that come with the program are: code table, templates, models.
public enum Assets {
  /// The folder that holds `codes.tsv`, `templates` and `models`.
  ///
  /// - Throws: ``ReportingError/assetsMissing`` if there is none.
  public static func folder() throws(ReportingError) -> URL {
    guard let folder = locate() else { throw .assetsMissing }
    return folder
  }

  /// Looks for the folder, or nil if it is nowhere.
  ///
  /// What `SECONDLOOK_ASSETS` names is taken and nothing else is tried; without it,
  /// `../share/secondlook` beside the executable (installed), then `assets` in any folder above
  /// it (a checkout). Only a folder with a `codes.tsv` counts.
  public static func locate(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    executable: URL? = runningExecutable
  ) -> URL? {
    if let named = environment["SECONDLOOK_ASSETS"], !named.isEmpty {
      let folder = URL(filePath: named, directoryHint: .isDirectory)
      return holdsCodes(folder) ? folder : nil
    }
    guard let executable else { return nil }
    var place = executable.deletingLastPathComponent()
    let installed = place.deletingLastPathComponent().appending(path: "share/secondlook")
    if holdsCodes(installed) { return installed }
    while place.path != "/" {
      let candidate = place.appending(path: "assets")
      if holdsCodes(candidate) { return candidate }
      let above = place.deletingLastPathComponent()
      guard above.path.count < place.path.count else { break }
      place = above
    }
    return nil
  }

  /// The program that runs, as the kernel names it.
  ///
  /// The first argument would not do: a shell may put anything there.
  public static var runningExecutable: URL? {
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    // A program replaced while it runs is still where it was.
    let suffix = " (deleted)"
    return URL(filePath: path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path)
  }

  /// The text of one file of the folder.
  ///
  /// - Throws: ``ReportingError/unreadable(file:)``.
  static func text(of name: String, in folder: URL) throws(ReportingError) -> String {
    guard let data = try? Data(contentsOf: folder.appending(path: name)),
      let text = String(bytes: data, encoding: .utf8)
    else { throw .unreadable(file: name) }
    return text
  }

  private static func holdsCodes(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "codes.tsv").path)
  }
}
