/// Whether work under way was called off; looked at between its pieces, by every thread.
struct Cancellation {
  /// Work that is always done to its end.
  static let never = Cancellation { false }

  private let look: @Sendable () -> Bool

  /// - Parameter look: called by any thread, between any two pieces of the work.
  init(_ look: @escaping @Sendable () -> Bool) { self.look = look }

  var isCancelled: Bool { look() }

  /// - Throws: ``EngineError/cancelled``.
  func check() throws(EngineError) {
    if isCancelled { throw .cancelled }
  }

  /// Runs work that the calling task can call off; outside of a task nothing can.
  static func ofTask<Output, Failure: Error>(
    _ work: (Cancellation) throws(Failure) -> Output
  ) throws(Failure) -> Output {
    let result: Result<Output, Failure> = withUnsafeCurrentTask { task in
      let watched = task.map(Watched.init)
      let cancellation = Cancellation { watched?.task.isCancelled ?? false }
      do throws(Failure) { return .success(try work(cancellation)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// `@unchecked Sendable`: a task may be asked by any thread for what `Task` has too, and the work
  /// is over before the task leaves ``ofTask(_:)``.
  private struct Watched: @unchecked Sendable {
    let task: UnsafeCurrentTask
  }
}
