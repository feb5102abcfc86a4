import Foundation
import Radiology

/// Where in an image a region lies, in words.
///
/// Heights are thirds of the image. Left and right are those of the image as stored; the
/// patient's side is said only where the image states its orientation, because a view such as
/// PA does not tell whether somebody has flipped the picture.
struct RegionPlace: Hashable, Sendable {
  enum Zone: String, Sendable { case upper, middle, lower }
  enum Side: String, Sendable { case left, right }

  let zone: Zone
  /// Side of the image; none for a region about the middle column.
  let side: Side?
  /// Side of the patient, where the image tells.
  let patientSide: Side?
  /// Which image of the study, counted from 1.
  let image: Int
  /// Width and height in millimetres at the detector, where the spacing is known.
  let millimetres: Size?

  /// Millimetres, across and down.
  struct Size: Hashable, Sendable {
    let width: Double
    let height: Double
  }

  /// Half the width of the band about the middle column, as a share of the image's width.
  private static let middle = 0.05

  /// Nothing if the region's image is not among those given or has no size.
  init?(of region: Region, in instances: [Instance], orientations: [Instance.ID: [String]] = [:]) {
    guard let index = instances.firstIndex(where: { $0.uid == region.instance }),
      instances[index].columns > 0, instances[index].rows > 0
    else { return nil }
    let instance = instances[index]
    let x = (region.x0 + region.x1) / 2 / Double(instance.columns)
    let y = (region.y0 + region.y1) / 2 / Double(instance.rows)
    zone = y < 1.0 / 3 ? .upper : y < 2.0 / 3 ? .middle : .lower
    side = abs(x - 0.5) <= Self.middle ? nil : x < 0.5 ? .left : .right
    patientSide =
      switch (side, orientations[region.instance]?.first?.first) {
      // The rows run toward the patient's left, so what is left in the image is the right.
      case (.left?, "L"?), (.right?, "R"?): .right
      case (.right?, "L"?), (.left?, "R"?): .left
      default: nil
      }
    image = index + 1
    if let rows = instance.rowSpacing, let columns = instance.columnSpacing {
      millimetres = Size(width: region.width * columns, height: region.height * rows)
    } else {
      millimetres = nil
    }
  }

  /// For example `lower zone, left in the image (patient's right)`.
  var words: String {
    guard let side else { return "\(zone.rawValue) zone, near the middle of the image" }
    let patient = patientSide.map { " (patient's \($0.rawValue))" } ?? ""
    return "\(zone.rawValue) zone, \(side.rawValue) in the image\(patient)"
  }

  /// For example `26 x 22 mm`.
  var sizeWords: String? {
    millimetres.map { "\(Int($0.width.rounded())) x \(Int($0.height.rounded())) mm" }
  }
}
