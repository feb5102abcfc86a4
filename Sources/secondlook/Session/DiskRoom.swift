import Foundation
import Workstation

/// What is left of the disk on which a store is.
///
/// A stage that finds no room may find none to say so either: this needs none.
struct DiskRoom {
  /// Bytes of the disk, and those that are left for us.
  let total: Int
  let free: Int

  /// With less than this the receiver turns objects away, as its `--keep-free` says.
  static let least = 512 << 20

  /// - Returns: none where the system does not tell.
  init?(at folder: URL) {
    var answer = statvfs()
    guard statvfs(folder.path, &answer) == 0 else { return nil }
    total = Int(answer.f_blocks) * Int(answer.f_frsize)
    free = Int(answer.f_bavail) * Int(answer.f_frsize)
  }

  var isShort: Bool { free < Self.least }

  /// How much is left and, when it is too little, what follows and what to do.
  ///
  /// No finer than a person reads it: a screen that shows it is not drawn anew for each megabyte.
  var text: String {
    let words = "\(ByteText.words(free)) free of \(ByteText.words(total))"
    return isShort
      ? "\(words): nearly full; what is sent waits or is turned away until there is room" : words
  }
}
