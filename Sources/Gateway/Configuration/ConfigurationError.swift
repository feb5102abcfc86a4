/// A mistake in `secondlook.toml`: where it is and what would be right.
///
/// The text never holds a secret: those are in files of their own.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Name of the file, without its folder.
  public let file: String
  /// Counted from 1, where it could be found.
  public let line: Int?
  /// Section and setting, for example `[receive] port`; nil for the file as a whole.
  public let setting: String?
  /// What is wrong and what is allowed.
  public let problem: String

  init(file: String, line: Int? = nil, setting: String? = nil, problem: String) {
    self.file = file
    self.line = line
    self.setting = setting
    self.problem = problem
  }

  public var description: String {
    let place = line.map { "\(file), line \($0)" } ?? file
    let subject = setting.map { "\($0) " } ?? ""
    return "\(place): \(subject)\(problem). Nothing was started."
  }
}
