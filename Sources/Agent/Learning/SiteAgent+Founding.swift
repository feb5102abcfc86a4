import Engine
import Federation
import Foundation
import Radiology
import Store
import Triage

extension SiteAgent {
  /// A hospital made of one site's rows of a labelled folder, with a store of its own.
  ///
  /// Test pictures stay outside: no site sees them. `progress` is told after each picture how many
  /// were taken of how many.
  static func founded(
    on data: LabelledFolder, in home: URL, membership: Membership, gate: PrivacyGate,
    recipe: Recipe, updateBits: UpdateBits?, lie: Lie? = nil,
    progress: @Sendable (Int, Int) -> Void
  ) async throws -> SiteAgent {
    let site = membership.name
    let store = try Store(home: home)
    let pictures = try PictureShelf(store: store)
    let ingest = Ingest(store: store, pictures: pictures, source: site, consent: .given)
    let rows = data.manifest.rows.filter { $0.site == site && $0.split != .test }
    try LessonBook(store: store, pictures: pictures, site: site).learn(
      try await ingest.takeLabelled(data, rows: rows, progress: progress), at: Date())
    return try await SiteAgent(
      store: store, home: home, pictures: pictures, membership: membership, gate: gate,
      recipe: recipe, updateBits: updateBits, lie: lie)
  }
}
