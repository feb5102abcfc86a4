import Imaging
import Radiology
import Triage

// What the pixels themselves show.
extension Caveats {
  /// A picture with a shorter side is small for every model; one may want more.
  static let leastSide = Preprocessing().leastSide
  /// Fewer grey levels between the 1st and the 99th percentile than this share of all are nothing
  /// to look at.
  static let leastContrast: Float = 0.05

  mutating func addSight(of picture: GreyImage, isFrontalChest: Bool) {
    if min(picture.columns, picture.rows) < Self.leastSide {
      add(.tiny, "The image is \(picture.columns) by \(picture.rows) pixels small.")
    }
    // Values that are no numbers are for the model to refuse.
    guard let glance = Glance(at: picture) else { return }
    guard glance.contrast >= Self.leastContrast else {
      return add(.blank, "There is next to nothing in the picture.")
    }
    if LetterPatch.longestRow(in: glance) >= LetterPatch.suspicious {
      add(.burnedInText, "Something in the picture looks like burned-in letters.")
    }
    guard isFrontalChest else { return }
    switch ChestPosture(of: glance) {
    case .upright: break
    case .onItsSide: add(.orientation, "The chest seems to lie on its side.")
    case .onItsHead: add(.orientation, "The chest seems to be on its head.")
    }
  }
}
