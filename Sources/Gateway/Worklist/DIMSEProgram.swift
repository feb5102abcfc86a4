import Foundation
import Subprocess
import SystemPackage

/// `secondlook-dicom echo` and `find`: the program that speaks DICOM with peers, so that their
/// bytes meet no C in this process.
public struct DIMSEProgram: Sendable {
  let executable: URL

  /// Most bytes of its answers.
  private static let outputLimit = 64 << 20
  /// It gives up by itself when a peer is silent; this is for when even that fails.
  private static let timeLimit = Duration.seconds(300)

  /// Finds the program: `SECONDLOOK_DICOM`, beside this program, or in its `../libexec`.
  ///
  /// - Throws: ``GatewayError/toolMissing`` if none of these may be run.
  public init() throws(GatewayError) {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    var places = [
      own.appending(path: "secondlook-dicom"),
      own.deletingLastPathComponent().appending(path: "libexec/secondlook-dicom"),
    ]
    if let named = ProcessInfo.processInfo.environment["SECONDLOOK_DICOM"], !named.isEmpty {
      // Who names a program means that one: a wrong name must not fall back to another.
      places = [URL(filePath: named)]
    }
    guard let found = places.first(where: { access($0.path, X_OK) == 0 }) else {
      throw .toolMissing
    }
    executable = found
  }

  init(executable: URL) { self.executable = executable }

  /// How the program ended and what it said on both its outputs.
  struct Outcome: Sendable {
    /// nil if a signal ended it.
    let status: Int?
    let output: [UInt8]
    let complaint: String

    /// The program's own sentence about what went wrong, as an error.
    func failure(of server: String) -> GatewayError {
      var reason = complaint.split(whereSeparator: \.isNewline).first ?? ""
      reason = reason.trimmingPrefix("Error: ")
      if reason.last == "." { reason.removeLast() }
      return .toolFailed(
        server: server,
        reason: reason.isEmpty ? "secondlook-dicom ended without a word" : String(reason))
    }
  }

  /// Asks a peer whether it is there (C-ECHO).
  func echo(_ peer: [String], about server: String) async throws(GatewayError) {
    let outcome = try await run(["echo"] + peer + ["--stall", "10"], about: server)
    guard outcome.status == 0 else { throw outcome.failure(of: server) }
  }

  /// Runs it to its end with nothing in its environment.
  func run(
    _ arguments: [String], about server: String
  ) async throws(GatewayError) -> Outcome {
    let path = FilePath(executable.path)
    do {
      return try await withThrowingTaskGroup(of: Outcome?.self) { group in
        group.addTask {
          let result = try await Subprocess.run(
            .path(path), arguments: Arguments(arguments),
            environment: .custom([Environment.Key: String]()),
            output: .bytes(limit: Self.outputLimit), error: .string(limit: 64 << 10))
          var status: Int?
          if case .exited(let code) = result.terminationStatus { status = Int(code) }
          return Outcome(
            status: status, output: result.standardOutput, complaint: result.standardError)
        }
        group.addTask {
          try await Task.sleep(for: Self.timeLimit)
          return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let outcome = first else {
          throw GatewayError.tooSlow(server: server)
        }
        return outcome
      }
    } catch let error as GatewayError {
      throw error
    } catch is CancellationError {
      throw .cancelled
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      throw .answerTooLarge(server: server, limit: Self.outputLimit)
    } catch { throw .toolFailed(server: server, reason: "secondlook-dicom could not be run") }
  }
}
