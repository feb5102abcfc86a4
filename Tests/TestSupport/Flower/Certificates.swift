public import Foundation

/// Certificates of one test: an authority, a stranger, and a site that the authority signed for,
/// once as it should be, once with its time over and once for another host.
public struct Certificates: Sendable {
  public static let isPossible = FileManager.default.fileExists(atPath: "/usr/bin/openssl")

  public let folder: URL
  public var authority: URL { folder.appending(path: "authority.pem") }
  public var stranger: URL { folder.appending(path: "stranger.pem") }
  public var strangerKey: URL { folder.appending(path: "stranger-key.pem") }
  public var key: URL { folder.appending(path: "site-key.pem") }
  public var site: URL { folder.appending(path: "site.pem") }
  public var expired: URL { folder.appending(path: "expired.pem") }
  public var elsewhere: URL { folder.appending(path: "elsewhere.pem") }

  public init(in folder: URL) async throws {
    self.folder = folder
    let script = """
      cd "$0"
      new="openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256"
      for name in authority stranger; do
        $new -x509 -days 2 -subj /CN=$name -keyout $name-key.pem -out $name.pem
      done
      echo subjectAltName=IP:127.0.0.1,DNS:localhost > names
      $new -subj /CN=coordinator -keyout site-key.pem -out site.csr
      sign="openssl x509 -req -in site.csr -CA authority.pem -CAkey authority-key.pem \
        -CAcreateserial -sha256 -extfile names"
      $sign -days 2 -out site.pem
      $sign -days -1 -out expired.pem
      echo subjectAltName=IP:127.0.0.2,DNS:elsewhere.example > names
      $sign -days 2 -out elsewhere.pem
      """
    try await Tool(
      executable: URL(filePath: "/bin/sh"), arguments: ["-ec", script, folder.path]
    ).success()
  }
}
