public import Imaging
import Terminal

/// An image that is there, with what is asked of it again and again; all that is seen of Imaging.
///
/// Making one goes over every pixel a few times, so it is made where the image is decoded, and the
/// screens only ever look at what fits on them.
public struct Picture: Sendable {
  private let pyramid: GreyPyramid
  /// The header's windows, then those computed from the values; there is always one.
  let presets: [WindowPreset]

  /// Below this a window would show noise as black and white.
  static let leastWindowWidth = 2.0

  var width: Int { pyramid.columns }
  var height: Int { pyramid.rows }
  var spacing: GreyImage.Spacing? { pyramid.spacing }
  /// What the values are counted in, where that is known.
  var unit: String? { pyramid.unit }
  /// What it takes in memory.
  var bytes: Int { pyramid.bytes }

  /// The value at a place in pixels; none outside and where there is padding.
  func value(x: Double, y: Double) -> Float? { pyramid.value(x: x, y: y) }

  public init(_ image: GreyImage) {
    pyramid = GreyPyramid(image)
    let own = image.windows.prefix(3).enumerated().map { index, window in
      (index == 0 ? "image" : "image \(index + 1)", window)
    }
    let range = image.range
    let computed = [
      ("auto", image.percentileWindow(0.005, 0.995)),
      ("full", Window.spanning(range.lowerBound, range.upperBound)),
    ]
    let measured = (own + computed).compactMap { name, window in
      ImageWindow(center: Double(window.center), width: Double(window.width)).map {
        WindowPreset(name: name, window: $0)
      }
    }
    // Air is far below zero in Hounsfield units and nowhere else.
    let isHounsfield = range.lowerBound <= -500
    let base = measured.first { $0.name == "auto" }?.window ?? Self.fallback
    let styles: [(String, Double, Double)] =
      isHounsfield
      ? [("soft", 40, 400), ("lung", -600, 1500), ("bone", 400, 1800), ("brain", 40, 80)]
      : [
        ("soft", base.center, base.width * 1.6), ("hard", base.center, base.width * 0.6),
        ("lung", base.center - base.width * 0.2, base.width * 0.6),
        ("bone", base.center + base.width * 0.2, base.width * 0.6),
      ]
    presets = Array(
      (measured
        + styles.compactMap { name, center, width in
          ImageWindow(center: center, width: max(Self.leastWindowWidth, width)).map {
            WindowPreset(name: name, window: $0)
          }
        }).prefix(9))
  }

  /// The greys of what a viewport shows, on a raster that covers the pane from its upper left
  /// corner.
  ///
  /// `paneShare` is how much of the pane's height the raster covers; 1 for all of it.
  func raster(
    _ viewport: Viewport, in pane: Viewport.Pane, window: ImageWindow?, isInverted: Bool,
    width: Int, height: Int, paneShare: Double = 1
  ) -> GreyRaster {
    guard width > 0, height > 0, pane.width > 0, pane.height > 0 else {
      return GreyRaster(width: 0, height: 0, pixels: [])
    }
    let scale = viewport.scale(in: pane)
    let covered = pane.height * paneShare
    let pixelAspect = (covered / Double(height)) / (pane.width / Double(width))
    // Imaging counts zoom from "the whole image fits this raster", we from the whole pane.
    let across = scale * Double(width) / pane.width
    let fit = min(
      Double(width) / Double(self.width), Double(height) * pixelAspect / Double(self.height))
    let chosen = window ?? presets.first?.window ?? Self.fallback
    let (middle, breadth) = (Float(chosen.center), Float(chosen.width))
    // The file's own windows may have another shape than a line.
    let shown =
      pyramid.windows.first { $0.center == middle && $0.width == breadth }
      ?? (try? Window(center: middle, width: breadth)) ?? .spanning(middle, middle)
    var view = View(window: shown, isInverted: isInverted)
    view.zoom = across / fit
    view.centerX = viewport.x / Double(self.width)
    view.centerY = (viewport.y + (covered - pane.height) / 2 / scale) / Double(self.height)
    return GreyRaster(
      width: width, height: height,
      pixels: pyramid.render(view, width: width, height: height, pixelAspect: pixelAspect))
  }

  private static let fallback = ImageWindow.unit
}
