import Foundation

/// What an archive asks for before it answers; never printed.
public struct Credentials: Sendable, Equatable {
  /// Value of the Authorization header.
  let authorization: String

  init?(_ settings: inout Settings) throws(ConfigurationError) {
    let user = try settings.text("user")
    let password = try settings.secret("password_file")
    let token = try settings.secret("token_file")
    switch (user, password, token) {
    case (nil, nil, nil): return nil
    case (let user?, let password?, nil):
      guard !user.contains(":") else { throw settings.wrong("user", "may have no colon in it") }
      authorization = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    case (nil, nil, let token?): authorization = "Bearer \(token)"
    case (nil, _?, nil): throw settings.wrong("user", "is missing beside password_file")
    case (_?, nil, nil): throw settings.wrong("password_file", "is missing beside user")
    default: throw settings.wrong("token_file", "and user with password_file exclude each other")
    }
  }
}

extension Credentials: CustomStringConvertible, CustomReflectable {
  public var description: String { "credentials" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Settings {
  /// The first line of a file that only its owner may read.
  fileprivate mutating func secret(_ key: String) throws(ConfigurationError) -> String? {
    guard let file = try privateFile(key) else { return nil }
    let limit = 16 << 10
    guard let handle = try? FileHandle(forReadingFrom: file),
      let data = try? handle.read(upToCount: limit + 1), data.count <= limit,
      let line = String(bytes: data, encoding: .utf8)?.split(whereSeparator: \.isNewline).first,
      line.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { throw wrong(key, "names a file that holds no secret: one line of plain text") }
    return String(line)
  }
}
