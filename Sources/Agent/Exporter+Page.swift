import Foundation
import Imaging
import Radiology
import Reporting

extension Exporter {
  /// The PDF a clinician would print; blocks while pictures are decoded and the page is set.
  func pdf(of dossier: Dossier, made: Date) throws -> Data {
    let shown = try dossier.keyImages().map { image in
      // One picture that cannot be made holds up no report: the page says so.
      try? PagePicture(image, pictures.pictureHere(of: image.instance, frame: image.frame))
    }
    let description = try dossier.page(letterhead: letterhead, pictures: shown, made: made)
    return try PageProgram(beside: pictures.decoderProgram).set(description)
  }
}

extension PagePicture {
  /// Most pixels of its longer side: enough for 300 dots per inch at the size it is printed.
  private static let longest = 1200.0

  /// The whole image in the greys its file asks for, with its regions.
  fileprivate init(_ key: KeyImage, _ image: GreyImage) {
    let aspect = image.spacing.map { $0.column / $0.row } ?? 1
    let (width, height) = (Double(image.columns), Double(image.rows) / aspect)
    let scale = min(1, Self.longest / max(width, height))
    let (columns, rows) = (
      max(1, Int((width * scale).rounded())), max(1, Int((height * scale).rounded()))
    )
    let view = View(window: image.defaultWindow)
    let place = Projection(
      columns: image.columns, rows: image.rows, view: view, width: columns, height: rows,
      pixelAspect: aspect)
    self.init(
      columns: columns, rows: rows,
      greys: render(image, view, width: columns, height: rows, pixelAspect: aspect),
      boxes: key.regions.map { named in
        let upper = place.raster(x: named.region.x0, y: named.region.y0)
        let lower = place.raster(x: named.region.x1, y: named.region.y1)
        return Box(name: named.name, left: upper.x, top: upper.y, right: lower.x, bottom: lower.y)
      })
  }
}
