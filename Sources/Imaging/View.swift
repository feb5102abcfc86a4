/// What part of an image a reader looks at, and how it is shown.
public struct View: Sendable, Hashable {
  /// How much larger than "the whole image fits"; at least 1/16, at most 64.
  public var zoom: Double { didSet { zoom = min(max(zoom, 1.0 / 16), 64) } }
  /// The place of the image in the middle of the screen, as a share of its width.
  public var centerX: Double { didSet { centerX = min(max(centerX, 0), 1) } }
  /// The same as a share of its height.
  public var centerY: Double { didSet { centerY = min(max(centerY, 0), 1) } }
  public var window: Window
  /// Whether the reader wants black and white exchanged.
  public var isInverted: Bool

  /// The whole image through a window.
  public init(window: Window, isInverted: Bool = false) {
    zoom = 1
    centerX = 0.5
    centerY = 0.5
    self.window = window
    self.isInverted = isInverted
  }
}

/// Where the pixels of an image land on a screen's raster, for drawing regions over it.
public struct Projection: Sendable, Hashable {
  /// Raster pixels per image pixel, across.
  public let scaleX: Double
  /// Raster pixels per image pixel, down.
  public let scaleY: Double
  /// Raster place of the image's left edge.
  public let x: Double
  /// Raster place of the image's top edge.
  public let y: Double

  /// - Parameters:
  ///   - columns: Width of the image in pixels.
  ///   - rows: Height of the image in pixels.
  ///   - view: What the reader looks at.
  ///   - width: Width of the raster in its pixels.
  ///   - height: Height of the raster in its pixels.
  ///   - pixelAspect: Height of a raster pixel divided by its width (terminal cells: about 2).
  public init(
    columns: Int, rows: Int, view: View, width: Int, height: Int, pixelAspect: Double
  ) {
    precondition(columns > 0 && rows > 0 && pixelAspect > 0, "images and pixels have an area")
    let fit = min(
      Double(width) / Double(columns), Double(height) * pixelAspect / Double(rows))
    scaleX = max(fit, 1e-6) * view.zoom
    scaleY = scaleX / pixelAspect
    x = Double(width) / 2 - view.centerX * Double(columns) * scaleX
    y = Double(height) / 2 - view.centerY * Double(rows) * scaleY
  }

  /// The raster place of a place in the image.
  public func raster(x: Double, y: Double) -> (x: Double, y: Double) {
    (x * scaleX + self.x, y * scaleY + self.y)
  }

  /// The place in the image of a raster place.
  public func image(x: Double, y: Double) -> (x: Double, y: Double) {
    ((x - self.x) / scaleX, (y - self.y) / scaleY)
  }
}

/// The greys of an image on a raster of `width` by `height`, row by row; black around the image.
///
/// A MONOCHROME1 image comes out as it is meant to be seen.
public func render(
  _ image: GreyImage, _ view: View, width: Int, height: Int, pixelAspect: Double = 1
) -> [UInt8] {
  guard width > 0, height > 0 else { return [] }
  let place = Projection(
    columns: image.columns, rows: image.rows, view: view, width: width, height: height,
    pixelAspect: pixelAspect)
  let (across, down) = place.axes(
    columns: image.columns, rows: image.rows, width: width, height: height)
  return view.greys(
    of: .floats(image.values), columns: image.columns, across, down,
    isInverted: image.isInverted)
}

extension Projection {
  /// How the pixels of an image take part in those of a raster.
  ///
  /// Of a copy whose pixels are `shrunk` times as wide as the image's, the picture still ends where
  /// the whole image does: the copy's last pixels stand for less where the image has an odd number.
  func axes(
    columns: Int, rows: Int, shrunk: Double = 1, width: Int, height: Int
  ) -> (across: Axis, down: Axis) {
    let (stepX, stepY) = (1 / scaleX / shrunk, 1 / scaleY / shrunk)
    return (
      Axis(count: width, origin: -x * stepX, step: stepX, limit: Double(columns) / shrunk),
      Axis(count: height, origin: -y * stepY, step: stepY, limit: Double(rows) / shrunk)
    )
  }
}

extension View {
  /// The greys of samples on another raster, row by row; black around them and for what is no
  /// number.
  func greys(
    of samples: GreySamples, columns: Int, _ across: Axis, _ down: Axis, isInverted: Bool
  ) -> [UInt8] {
    let isInverted = isInverted != self.isInverted
    let (width, first) = (across.count, across.inside.lowerBound)
    var greys = [UInt8](repeating: 0, count: width * down.count)
    greys.withUnsafeMutableBufferPointer { greys in
      samples.eachRow(columns: columns, across, down) { row, values in
        let place = row * width + first
        let line = UnsafeMutableBufferPointer(rebasing: greys[place..<place + values.count])
        window.greys(of: values, into: line)
        guard isInverted else { return }
        for column in values.indices where !values[column].isNaN {
          line[column] = 255 - line[column]
        }
      }
    }
    return greys
  }
}
