import Foundation
import Synchronization

/// The roster of a run, which follows its folder's file while the run goes on.
///
/// Only what the coordinator signed, under a higher number, takes the place of the last one. From any
/// other file nobody is let in: the last good roster counts until there is a better one.
final class FollowedRoster: Sendable {
  /// What came of a look at the file.
  enum Look: Sendable {
    /// It says what it said, or what is wrong with it was told already.
    case same
    case changed(from: ConsortiumRoster, to: ConsortiumRoster)
    case unusable(String)
  }

  private struct Followed {
    var roster: SignedRoster
    /// What was wrong with the file when it was looked at last.
    var complaint: String?
  }

  private let folder: ConsortiumFolder
  private let followed: Mutex<Followed>

  /// - Throws: ``ConsortiumError`` if there is no roster to begin with that can be believed.
  init(of folder: ConsortiumFolder) throws(ConsortiumError) {
    self.folder = folder
    followed = Mutex(Followed(roster: try folder.roster()))
  }

  var current: SignedRoster { followed.withLock { $0.roster } }

  /// Reads the file, and takes its roster if it is a newer one.
  func look() -> Look {
    let found: SignedRoster
    do throws(ConsortiumError) { found = try folder.roster() } catch {
      return complain(Self.reason(error))
    }
    let last = current
    guard found != last else {
      followed.withLock { $0.complaint = nil }
      return .same
    }
    guard found.roster.number > last.roster.number else {
      return complain("it has number \(found.roster.number), and an older one is no change.")
    }
    followed.withLock { $0 = Followed(roster: found) }
    return .changed(from: last.roster, to: found.roster)
  }

  private func complain(_ reason: String) -> Look {
    followed.withLock { followed in
      guard followed.complaint != reason else { return .same }
      followed.complaint = reason
      return .unusable(reason)
    }
  }

  private static func reason(_ error: ConsortiumError) -> String {
    switch error {
    case .noRoster: "it is not there."
    case .rosterUnsigned: "it was changed since this folder's key signed it."
    case .rosterUnusable(let why): why
    default: "\(error)"
    }
  }
}
