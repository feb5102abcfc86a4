import Dispatch
import Foundation

/// Runs work that ^C cancels instead of killing; what was done until then stays.
///
/// Other signals do the same where they are named, and so does the end of the standard input.
func interruptible<Result: Sendable>(
  by signals: [Int32] = [SIGINT], endOfInput: Bool = false,
  _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  let task = Task { try await work() }
  var sources: [any DispatchSourceProtocol] = signals.map { number in
    signal(number, SIG_IGN)
    return DispatchSource.makeSignalSource(signal: number, queue: .global())
  }
  if endOfInput {
    // Nobody writes there: it can be read when it ends.
    sources.append(DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global()))
  }
  for source in sources {
    source.setEventHandler { task.cancel() }
    source.resume()
  }
  defer {
    for source in sources { source.cancel() }
    for number in signals { signal(number, SIG_DFL) }
  }
  return try await task.value
}
