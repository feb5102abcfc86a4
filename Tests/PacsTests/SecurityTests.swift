import Foundation
import TestSupport
import Testing

/// With certificates a peer is who it says it is, and nobody reads along.
@Suite(.enabled(if: hasDCMTK && SharedFiles.hasImage)) struct SecurityTests {
  @Test("a caller with a certificate stores and echoes; without, or with a stranger's, it cannot")
  func secured() async throws {
    let certificates = try await Certificates()
    let path = certificates.path
    let receiver = try await Receiver(
      "--certificate", path("site"), "--key", path("site-key"),
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
    certificates.clean()
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
    let other = try await receive("--certificate", path("site"), "--key", path("caller-key"))
    #expect(other.status == 2)
    #expect(other.output.contains("does not belong to the certificate"))
    let none = try await receive("--certificate", path("site"))
    #expect(none.status == 2)
    #expect(none.output.contains("give --certificate and --key"))
    certificates.clean()
  }
}
