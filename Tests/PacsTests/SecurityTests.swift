import Foundation
import TestSupport
import Testing

/// With certificates a peer is who it says it is, and nobody reads along.
@Suite(.enabled(if: hasDCMTK && SharedFiles.hasImage)) struct SecurityTests {
  /// Certificates made for one test: an authority, a receiver, a caller, and a stranger's own.
  private struct Certificates {
    let folder: URL
    func path(_ name: String) -> String { folder.appending(path: name + ".pem").path }

    init() async throws {
      folder = try Receiver.newFolder()
      let script = """
        cd "$0"
        new="openssl req -newkey rsa:2048 -nodes -days 2 -sha256"
        for name in authority stranger; do
          $new -x509 -subj /CN=$name -keyout $name-key.pem -out $name.pem
        done
        for name in receiver caller; do
          $new -subj /CN=$name -keyout $name-key.pem -out $name.csr
          openssl x509 -req -in $name.csr -CA authority.pem -CAkey authority-key.pem -days 2 \
            -CAcreateserial -sha256 -out $name.pem
        done
        """
      let tool = Tool(
        executable: URL(filePath: "/bin/sh"), arguments: ["-ec", script, folder.path])
      let outcome = try await tool.outcome()
      try #require(outcome.status == 0, "\(outcome)")
    }
  }

  @Test("a caller with a certificate stores and echoes; without, or with a stranger's, it cannot")
  func secured() async throws {
    let certificates = try await Certificates()
    let path = certificates.path
    let receiver = try await Receiver(
      "--certificate", path("receiver"), "--key", path("receiver-key"),
      "--authorities", path("authority"))
    let port = "\(receiver.port)"

    let sent = try await run(
      "storescu", "-aet", "MODALITY", "-aec", "SECONDLOOK", "+tls", path("caller-key"),
      path("caller"), "+cf", path("authority"), "127.0.0.1", port, SharedFiles.image.path)
    #expect(sent.status == 0, "\(sent)")
    #expect(try receiver.arrived().count == 1)

    let titles = ["127.0.0.1", port, "--calling", "MODALITY", "--called", "SECONDLOOK"]
    let authorities = ["--tls", "--authorities", path("authority")]
    func echo(_ options: [String]) async throws -> Outcome {
      let words = ["echo"] + titles + options
      return try await Tool(executable: Receiver.executable, arguments: words).outcome()
    }
    let own = ["--certificate", path("caller"), "--key", path("caller-key")]
    let strange = ["--certificate", path("stranger"), "--key", path("stranger-key")]
    #expect(try await echo(authorities + own).status == 0)
    #expect(try await echo(authorities).status == 2)
    #expect(try await echo(authorities + strange).status == 2)
    #expect(try await echo(["--tls", "--authorities", path("stranger")] + own).status == 2)
    #expect(try await echo([]).status == 2)
    #expect(try await receiver.event("refused").reason.contains("TLS could not be agreed upon"))
    #expect(try receiver.arrived().count == 1)
    await receiver.stop()
    try FileManager.default.removeItem(at: certificates.folder)
  }

  @Test("a key of another certificate, or none, is named before anybody is listened to")
  func wrongKey() async throws {
    let certificates = try await Certificates()
    let path = certificates.path
    func receive(_ options: String...) async throws -> Outcome {
      let words = [
        "receive", "--spool", certificates.folder.path, "--port", "0", "--ae", "A", "--accept", "B",
      ]
      return try await Tool(executable: Receiver.executable, arguments: words + options).outcome()
    }
    let other = try await receive("--certificate", path("receiver"), "--key", path("caller-key"))
    #expect(other.status == 2)
    #expect(other.output.contains("does not belong to the certificate"))
    let none = try await receive("--certificate", path("receiver"))
    #expect(none.status == 2)
    #expect(none.output.contains("give --certificate and --key"))
    try FileManager.default.removeItem(at: certificates.folder)
  }
}
