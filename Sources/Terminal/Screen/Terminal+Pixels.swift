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
      guard let room = way.room(for: picture.rect, columns: width, rows: height) else { continue }
      let raster = picture.raster().cropped(
        width: room.width * cell.width, height: way.height(rows: room.height, of: cell))
      let bytes = way == .sixel ? sixel(from: raster, at: room.origin) : []
      // Making it took a while. On a screen that has become smaller meanwhile it would reach the
      // last line and scroll all of it; the new size is on its way, and a new frame with it.
      guard hasKnownSize else { return }
      switch way {
      case .kitty: drawKitty(areMoving ? raster.halved() : raster, in: room)
      case .sixel: synchronized { send(bytes) }
      }
      pixels.show([picture], areCoarse: areMoving)
    }
    pixels.note(drawing: .now - start)
  }

  /// The terminal has the size that the last frame was made for.
  private var hasKnownSize: Bool {
    let size = ct_size()
    return (Int(size.columns), Int(size.rows)) == (width, height)
  }

  private func drawKitty(_ raster: GreyRaster, in rect: Rect) {
    // From now on a crash has pictures to take away.
    ct_pictures(1)
    let (upload, swap) = kitty.show(raster, in: rect)
    send(upload)
    synchronized { send(swap) }
  }
}
