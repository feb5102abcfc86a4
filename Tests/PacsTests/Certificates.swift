import Foundation
import TestSupport
import Testing

/// Certificates made for one test: an authority, and what a site, a caller and a stranger show.
struct Certificates {
  let folder: URL

  /// `site` and `caller` are the authority's; `expired` was, until yesterday; `stranger` is its own.
  init(in folder: URL? = nil) async throws {
    self.folder = try folder ?? Receiver.newFolder()
    let script = """
      cd "$0"
      umask 077
      new="openssl req -newkey rsa:2048 -nodes -sha256"
      echo subjectAltName=IP:127.0.0.1 > names
      $new -x509 -days 2 -subj /CN=authority -keyout authority-key.pem -out authority.pem
      $new -x509 -days 2 -subj /CN=stranger -addext subjectAltName=IP:127.0.0.1 \
        -keyout stranger-key.pem -out stranger.pem
      for name in site:2 caller:2 expired:-1; do
        days=${name#*:} name=${name%:*}
        $new -subj /CN=$name -keyout $name-key.pem -out $name.csr
        openssl x509 -req -in $name.csr -CA authority.pem -CAkey authority-key.pem -days $days \
          -CAcreateserial -sha256 -extfile names -out $name.pem
      done
      """
    let outcome = try await Tool(
      executable: URL(filePath: "/bin/sh"), arguments: ["-ec", script, self.folder.path]
    ).outcome()
    try #require(outcome.status == 0, "\(outcome)")
  }

  func path(_ name: String) -> String { folder.appending(path: "\(name).pem").path }
  func clean() { try? FileManager.default.removeItem(at: folder) }
}
