/// A distance a reader measured in one image, in the frame's own pixels as a ``Region`` has them.
///
/// Its length is kept with the reason to believe it: which attribute said how large a pixel is.
public struct Measurement: Codable, Sendable, Hashable, Identifiable {
  /// Where the size of a pixel is known from.
  public enum Scale: String, Codable, Sendable {
    /// Pixel Spacing (0028,0030): in the patient, as far as the device knows.
    case pixelSpacing
    /// Imager Pixel Spacing (0018,1164): at the detector, so what lies before it is smaller.
    case imagerPixelSpacing
    /// Nothing is known, so pixels are counted.
    case none
  }

  /// What people call it: `M1`, `M2`, … in the order of measuring.
  public let name: String
  /// SOP Instance UID of the image.
  public let instance: Instance.ID
  /// Frame within the image, counted from 0.
  public let frame: Int
  public let x0: Double
  public let y0: Double
  public let x1: Double
  public let y1: Double
  /// In millimetres, or in pixels where ``scale`` is ``Scale/none``.
  public let length: Double
  public let scale: Scale

  public var id: String { name }

  /// Measures between two points of a frame.
  ///
  /// `rowSpacing` and `columnSpacing` are millimetres between pixel centres down and across; they
  /// count only where `scale` says where they are from.
  public init(
    name: String, instance: Instance.ID, frame: Int = 0, from: (x: Double, y: Double),
    to: (x: Double, y: Double), rowSpacing: Double = 1, columnSpacing: Double = 1, scale: Scale
  ) {
    self.name = name
    self.instance = instance
    self.frame = frame
    (x0, y0) = from
    (x1, y1) = to
    let (across, down) = scale == .none ? (1, 1) : (columnSpacing, rowSpacing)
    let (dx, dy) = ((to.x - from.x) * across, (to.y - from.y) * down)
    length = (dx * dx + dy * dy).squareRoot()
    self.scale = scale
  }

  /// `25.3 mm`, or `51 px` where nothing says how large a pixel is.
  public var lengthWords: String {
    guard length.isFinite, length < 1e9 else { return "not measurable" }
    guard scale != .none else { return "\(Int(length.rounded())) px" }
    let tenths = Int((length * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) mm"
  }

  /// What a report says of it, for example `M1: 25.3 mm (Pixel Spacing).` with its full stop.
  public var sentence: String {
    switch scale {
    case .pixelSpacing: "\(name): \(lengthWords) (Pixel Spacing)."
    case .imagerPixelSpacing: "\(name): \(lengthWords) at the detector (Imager Pixel Spacing)."
    case .none: "\(name): \(lengthWords); the image states no pixel spacing."
    }
  }
}
