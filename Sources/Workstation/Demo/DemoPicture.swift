public import Imaging
public import Radiology
import Terminal

/// A radiograph that the demo drew, with what is abnormal in it.
public struct DemoPicture: Sendable {
  /// The hospital it was drawn for.
  public let hospital: String
  public let image: GreyImage
  /// In pixels of the image; none in a normal one.
  public let lesions: [Manifest.Box]

  public init(hospital: String, image: GreyImage, lesions: [Manifest.Box]) {
    self.hospital = hospital
    self.image = image
    self.lesions = lesions
  }

  /// Draws it as cells in the middle of a rectangle, as large as it goes, with its lesions framed.
  func draw(on canvas: inout Canvas, in rect: Rect, capabilities: Capabilities) {
    guard !rect.isEmpty else { return }
    let art = capabilities.art
    let cell = capabilities.cellPixels
    let size = art.rasterSize(columns: rect.width, rows: rect.height)
    let aspect =
      Double(cell.height * art.samplesPerCell.width)
      / Double(cell.width * art.samplesPerCell.height)
    let view = View(window: image.defaultWindow)
    let greys = render(
      image, view, width: size.width, height: size.height, pixelAspect: aspect)
    canvas.place(
      art.cells(
        from: GreyRaster(width: size.width, height: size.height, pixels: greys),
        columns: rect.width, rows: rect.height), at: rect.origin)
    let place = Projection(
      columns: image.columns, rows: image.rows, view: view, width: size.width,
      height: size.height, pixelAspect: aspect)
    canvas.clipped(to: rect) { canvas in
      for lesion in lesions {
        frame(lesion, place: place, art: art, in: rect, on: &canvas)
      }
    }
  }

  /// A thick line around a lesion, its cells included.
  private func frame(
    _ lesion: Manifest.Box, place: Projection, art: CellArt, in rect: Rect,
    on canvas: inout Canvas
  ) {
    let first = place.raster(x: lesion.x0, y: lesion.y0)
    let last = place.raster(x: lesion.x1, y: lesion.y1)
    func cell(_ sample: Double, _ samples: Int) -> Int {
      Int((sample / Double(samples)).rounded(.down))
    }
    let x = cell(first.x, art.samplesPerCell.width) - 1
    let y = cell(first.y, art.samplesPerCell.height) - 1
    canvas.box(
      Rect(
        x: rect.x + x, y: rect.y + y, width: cell(last.x, art.samplesPerCell.width) - x + 2,
        height: cell(last.y, art.samplesPerCell.height) - y + 2),
      style: .overlayCurrent.transparent, border: .thick)
  }
}
