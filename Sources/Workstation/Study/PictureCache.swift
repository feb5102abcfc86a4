import Synchronization
import Terminal

/// The cells of the picture drawn last: a decision or a letter typed does not change them.
///
/// It only remembers what drawing would compute again, so the workstation stays a value.
final class PictureCache: Sendable {
  /// Everything that cells depend on.
  struct Key: Sendable, Hashable {
    let shown: ShownFrame
    let viewport: Viewport
    let window: ImageWindow?
    let isInverted: Bool
    let pane: Viewport.Pane
    let art: CellArt
  }

  /// The latest last: the image, and an earlier one beside it.
  private let last = Mutex<[(key: Key, cells: [[Cell]])]>([])

  func cells(for key: Key, make: () -> [[Cell]]) -> [[Cell]] {
    if let hit = last.withLock({ $0.first { $0.key == key }?.cells }) { return hit }
    let cells = make()
    last.withLock { $0 = $0.suffix(1) + [(key, cells)] }
    return cells
  }
}
