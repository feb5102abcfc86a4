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
    pixels.clear()
    send(kitty.removeAll())
    ct_pictures(0)
  }

  /// Refines cells with pixels, now that the reader pauses.
  func drawPixels() { draw(pixels.takeDue(), areMoving: false) }

  /// Draws pictures over their cells, or over the pictures that were there.
  ///
  /// What moves has a quarter of its pixels, which the terminal makes larger.
  func draw(_ pictures: [PlacedPicture], areMoving: Bool) {
    guard let way = capabilities.pixels, !pictures.isEmpty else { return }
    let start = ContinuousClock.now
    for picture in pictures {
      let cell = capabilities.cellPixels
      let room = picture.rect.intersection(Rect(x: 0, y: 0, width: width, height: height))
      guard room == picture.rect, !room.isEmpty else { continue }
      let raster = picture.raster().cropped(
        width: room.width * cell.width, height: way.height(rows: room.height, of: cell))
      switch way {
      case .kitty: drawKitty(areMoving ? raster.halved() : raster, in: room)
      case .sixel: synchronized { send(sixel(from: raster, at: room.origin)) }
      }
      pixels.show([picture], areCoarse: areMoving)
    }
    pixels.note(drawing: .now - start)
  }

  private func drawKitty(_ raster: GreyRaster, in rect: Rect) {
    // From now on a crash has pictures to take away.
    ct_pictures(1)
    let (upload, swap) = kitty.show(raster, in: rect)
    send(upload)
    synchronized { send(swap) }
  }
}
