import CTerminal

// Pixels over the cells. Cells are always there: whatever takes the pixels away leaves a picture.
extension Terminal {
  /// Has ncurses wipe sixels that do not belong to the canvas any more.
  func touch(_ stale: [Rect]) {
    guard capabilities.pixels == .sixel else { return }
    for rect in stale {
      let rows = rect.intersection(Rect(x: 0, y: 0, width: width, height: height))
      ct_touch(Int32(rows.y), Int32(rows.height))
    }
  }

  /// Takes every picture away whose name the terminal knows.
  func removePictures() {
    pixels.onScreen = []
    send(kitty.removeAll())
    ct_pictures(0)
  }

  /// Refines cells with pixels, now that the reader pauses.
  func drawPixels() {
    guard let way = capabilities.pixels else { return }
    let start = ContinuousClock.now
    for picture in pixels.takeDue() {
      let cell = capabilities.cellPixels
      let room = picture.rect.intersection(Rect(x: 0, y: 0, width: width, height: height))
      guard room == picture.rect, !room.isEmpty else { continue }
      let raster = picture.raster().cropped(
        width: room.width * cell.width, height: way.height(rows: room.height, of: cell))
      switch way {
      case .kitty: drawKitty(raster, in: room)
      case .sixel: synchronized { send(sixel(from: raster, at: room.origin)) }
      }
      pixels.onScreen.append(picture)
    }
    if ContinuousClock.now - start > .milliseconds(250) { pixels.isTooSlow = true }
  }

  private func drawKitty(_ raster: GreyRaster, in rect: Rect) {
    // From now on a crash has pictures to take away.
    ct_pictures(1)
    let (upload, swap) = kitty.show(raster, in: rect)
    send(upload)
    synchronized { send(swap) }
  }
}
