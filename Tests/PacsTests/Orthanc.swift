import Foundation
import TestSupport

/// A real PACS, started for one test: Orthanc from Debian with DICOMweb and one worklist item.
///
/// Its title is ORTHANC; it knows the modality `secondlook` as SECONDLOOK at ``peer``.
struct Orthanc {
  /// Port of its REST interface and, below `/dicom-web/`, of DICOMweb.
  let http: UInt16
  let dicom: UInt16
  /// Port at which it expects SECONDLOOK.
  let peer: UInt16

  private static let script = SharedFiles.image.deletingLastPathComponent()
    .appending(path: "with_orthanc.sh")
  /// Whether it is installed, with the script that starts it.
  static let isHere = ["/usr/sbin/Orthanc", script.path].allSatisfy {
    FileManager.default.fileExists(atPath: $0)
  }

  /// Runs the body while Orthanc runs.
  static func running<Result>(
    peer: UInt16 = freePort(), _ body: (Orthanc) async throws -> Result
  ) async throws -> Result {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // It runs until its file is gone, or a test that crashed leaves it alone for five minutes.
    let flag = folder.appending(path: "running")
    try Data().write(to: flag)
    let (orthanc, process) = try await started(peer: peer, until: flag, in: folder)
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(orthanc)) } catch { result = .failure(error) }
    try? FileManager.default.removeItem(at: flag)
    _ = await process.end()
    return try result.get()
  }

  /// Starts it, at other ports if somebody took one of them just before.
  private static func started(
    peer: UInt16, until flag: URL, in folder: URL
  ) async throws -> (Orthanc, Launched) {
    let wait = #"echo ready; for _ in $(seq 3000); do [ -e "$0" ] || exit 0; sleep .1; done"#
    var failure: any Error = Refusal(output: "")
    for attempt in 1...3 {
      let orthanc = Orthanc(http: freePort(), dicom: freePort(), peer: peer)
      let environment = ProcessInfo.processInfo.environment.merging([
        "HTTP_PORT": "\(orthanc.http)", "DICOM_PORT": "\(orthanc.dicom)", "PEER_PORT": "\(peer)",
      ]) { $1 }
      let process = try Tool(
        executable: script, arguments: ["sh", "-c", wait, flag.path], environment: environment
      ).launch(writingTo: folder.appending(path: "log\(attempt)"))
      do {
        _ = try await process.says(#/ready/#, within: .seconds(60))
        return (orthanc, process)
      } catch {
        failure = error
        process.signal(SIGKILL, toGroup: true)
        _ = await process.end()
      }
    }
    throw failure
  }

  /// Asks its REST interface.
  ///
  /// - Returns: the body of an answer with a status below 300, which is text.
  func rest(_ path: String, post body: Data? = nil) async throws -> Data {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var arguments = ["-sSf", "http://127.0.0.1:\(http)\(path)"]
    if let body {
      let file = folder.appending(path: "body")
      try body.write(to: file)
      arguments += ["--data-binary", "@\(file.path)"]
    }
    let outcome = try await Tool(executable: URL(filePath: "/usr/bin/curl"), arguments: arguments)
      .outcome()
    guard outcome.status == 0 else { throw Refusal(output: outcome.output) }
    return Data(outcome.output.utf8)
  }

  /// What Orthanc did not want to do.
  struct Refusal: Error { let output: String }
}
