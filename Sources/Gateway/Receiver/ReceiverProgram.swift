public import Foundation
import Subprocess
import SystemPackage

/// The DICOM receiver, `secondlook-dicom receive`: a process of its own that meets what peers send.
///
/// What it acknowledges lies whole in the spool, whatever then happens to it or to us.
public struct ReceiverProgram: Sendable {
  public let settings: Configuration.Receiver
  private let program: DIMSEProgram
  private let spool: URL

  /// How long objects that are coming in may take to finish when it is told to stop.
  private static let farewell = Duration.seconds(20)

  /// A receiver that puts what arrives into a folder of spools.
  public init(_ settings: Configuration.Receiver, program: DIMSEProgram, spool: URL) {
    self.settings = settings
    self.program = program
    self.spool = spool
  }

  /// Runs it until the task is cancelled; objects that are coming in are finished then.
  ///
  /// - Throws: ``GatewayError/toolFailed(server:reason:)`` with its own words if it ends by itself,
  ///   for example because the port is taken.
  public func run() async throws(GatewayError) {
    var platform = PlatformOptions()
    // A ^C on the terminal is for us, who then tell it to stop.
    platform.createSession = true
    platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.farewell)]
    let complaint: String
    do {
      // It reads nothing, but hears when the other end of its input is gone: with us.
      let ends = try FileDescriptor.pipe()
      defer { try? ends.writeEnd.close() }
      let result = try await Subprocess.run(
        .path(FilePath(program.executable.path)), arguments: Arguments(arguments),
        environment: .custom([Environment.Key: String]()), platformOptions: platform,
        input: .fileDescriptor(ends.readEnd, closeAfterSpawningProcess: true),
        output: .discarded, error: .string(limit: 64 << 10))
      if Task.isCancelled { return }
      complaint = result.standardError
    } catch {
      if Task.isCancelled { return }
      throw .toolFailed(server: server, reason: "secondlook-dicom could not be run")
    }
    var reason = complaint.split(whereSeparator: \.isNewline).last ?? "it ended without a word"
    reason = reason.trimmingPrefix("Error: ")
    if reason.last == "." { reason.removeLast() }
    throw .toolFailed(server: server, reason: String(reason))
  }

  /// Title, address and port, for people.
  public var server: String {
    "receiver “\(settings.title)” (\(settings.address):\(settings.port))"
  }

  private var arguments: [String] {
    var words = ["receive", "--spool", spool.path, "--port", "\(settings.port)"]
    words += ["--ae", settings.title, "--accept", settings.accepts.joined(separator: ",")]
    words += ["--address", settings.address, "--largest", "\(settings.largest)", "--attached"]
    guard let tls = settings.tls else { return words }
    words += ["--certificate", tls.certificate.path, "--key", tls.key.path]
    if let authorities = tls.authorities { words += ["--authorities", authorities.path] }
    return words
  }
}
