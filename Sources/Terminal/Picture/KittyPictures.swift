/// The pictures that a terminal with the kitty graphics protocol holds for us.
///
/// Only bytes come out of it: what they do to a screen is told by tests with a model of one.
struct KittyPictures {
  private var ids: [Rect: UInt32] = [:]
  private var lastID: UInt32

  /// Numbers start at a different place for each process, so that none meets another's.
  init(seed: UInt32) { lastID = seed & 0x7fff_ffff }

  var isEmpty: Bool { ids.isEmpty }

  /// Hands a picture over, then swaps it with the one in its place: at no time is there none.
  mutating func show(_ raster: GreyRaster, in rect: Rect) -> (upload: [UInt8], swap: [UInt8]) {
    guard raster.width > 0, raster.height > 0 else { return ([], remove([rect])) }
    lastID = lastID == .max ? 1 : lastID + 1
    let old = ids.updateValue(lastID, forKey: rect)
    return (
      KittyCommand.upload(raster, id: lastID),
      KittyCommand.place(id: lastID, in: rect) + (old.map(KittyCommand.delete) ?? [])
    )
  }

  mutating func remove(_ rects: [Rect]) -> [UInt8] {
    rects.flatMap { ids.removeValue(forKey: $0).map(KittyCommand.delete) ?? [] }
  }

  mutating func removeAll() -> [UInt8] {
    defer { ids = [:] }
    return ids.values.sorted().flatMap(KittyCommand.delete)
  }
}
