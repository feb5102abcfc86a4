import Engine
import Federation
import Foundation
import Store
import Triage

/// Does something, and says of a full disk what a node waits for; nothing else is changed.
///
/// - Throws: `FleetError.notKept` where there is no room.
func waitingForRoom<Result>(_ body: () async throws -> Result) async throws -> Result {
  do { return try await body() } catch { throw FleetError.ofRoom(error) }
}

/// The same at once.
func waitingForRoom<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch { throw FleetError.ofRoom(error) }
}

extension FleetError {
  /// An error as it is, or what a node waits for where it says that the disk is full.
  fileprivate static func ofRoom(_ error: any Error) -> any Error {
    switch error {
    case StoreError.diskFull, TriageError.diskFull, CocoaError.fileWriteOutOfSpace,
      EngineError.file(operation: _, code: ENOSPC), EngineError.file(operation: _, code: EDQUOT):
      FleetError.notKept(because: CocoaError(.fileWriteOutOfSpace))
    default: error
    }
  }
}
