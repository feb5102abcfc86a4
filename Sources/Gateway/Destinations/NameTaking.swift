import CRename
import Foundation

/// How a finished file gets a name that nobody has: in one step of the file system's own, so that of
/// two who want the name one gets it and nothing is overwritten.
struct NameTaking: Sendable {
  /// Gives the draft the target's name if nobody has it; not 0 if that failed, with `errno`.
  typealias Way = @Sendable (_ draft: String, _ target: String) -> CInt
  private let ways: [Way]

  /// A second name for the file; where a share knows none, a new one that must be free.
  static let linkOrRename = NameTaking(ways: [{ link($0, $1) }, rename])
  static let rename: Way = { crename_to_free_name($0, $1) }

  /// The first way that the file system knows counts.
  init(ways: [Way]) { self.ways = ways }

  /// 0, or the number of the error: `EEXIST` where the name is taken, `EINVAL` where the file system
  /// knows no such step.
  func callAsFunction(_ draft: String, _ target: String) -> CInt {
    for way in ways {
      guard way(draft, target) != 0 else { return 0 }
      let fault = errno
      guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EINVAL].contains(fault) else { return fault }
    }
    return EINVAL
  }
}
