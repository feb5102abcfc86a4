public import Foundation

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
    let program = AttachedProgram(
      program.executable, arguments, inheritsEnvironment: false, farewell: Self.farewell)
    guard let complaint = await program.run() else { return }
    throw .toolFailed(server: server, reason: complaint)
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
