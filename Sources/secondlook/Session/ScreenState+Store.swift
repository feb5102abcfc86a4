import Foundation
import Store
import Workstation

extension ScreenState {
  /// Readers who share a store each come back to where they themselves were.
  private static var key: String { "workstation.screen.\(getuid())" }

  /// Where the reader left off; none on the first start, or if it can no longer be read.
  init?(savedIn store: Store) throws {
    guard let text = try store.value(forKey: Self.key),
      let state = try? JSONDecoder().decode(ScreenState.self, from: Data(text.utf8))
    else { return nil }
    self = state
  }

  func save(in store: Store) throws {
    try store.set(String(decoding: try JSONEncoder().encode(self), as: UTF8.self), forKey: Self.key)
  }
}
