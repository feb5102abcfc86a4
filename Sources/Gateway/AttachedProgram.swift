public import Foundation
import Subprocess
import SystemPackage

/// A program that runs beside this one and stops when this one is gone.
public struct AttachedProgram: Sendable {
  private let executable: FilePath
  private let arguments: [String]
  private let environment: Environment
  private let farewell: Duration

  /// A program with its arguments, one of which makes it stop when its standard input ends.
  ///
  /// `farewell` is how long it may take to finish when it is told to stop.
  public init(
    _ executable: URL, _ arguments: [String], inheritsEnvironment: Bool, farewell: Duration
  ) {
    self.executable = FilePath(executable.path)
    self.arguments = arguments
    environment = inheritsEnvironment ? .inherit : .custom([Environment.Key: String]())
    self.farewell = farewell
  }

  /// Runs it until it ends or the task is cancelled; then it is told to stop, and waited for.
  ///
  /// - Returns: what it complained about last when it ended by itself, without a full stop; none if
  ///   it was told to stop.
  public func run() async -> String? {
    var platform = PlatformOptions()
    // A ^C on the terminal is for us, who then tell it to stop.
    platform.createSession = true
    platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: farewell)]
    let complaint: String
    do {
      // It reads nothing, but hears when the other end of its input is gone: with us.
      let ends = try FileDescriptor.pipe()
      defer { try? ends.writeEnd.close() }
      let result = try await Subprocess.run(
        .path(executable), arguments: Arguments(arguments), environment: environment,
        platformOptions: platform,
        input: .fileDescriptor(ends.readEnd, closeAfterSpawningProcess: true),
        output: .discarded, error: .string(limit: 64 << 10))
      if Task.isCancelled { return nil }
      complaint = result.standardError
    } catch {
      if Task.isCancelled { return nil }
      return "\(executable.lastComponent?.string ?? "the program") could not be run"
    }
    var reason = complaint.split(whereSeparator: \.isNewline).last ?? "it ended without a word"
    reason = reason.trimmingPrefix("Error: ")
    if reason.last == "." { reason.removeLast() }
    return String(reason)
  }
}
