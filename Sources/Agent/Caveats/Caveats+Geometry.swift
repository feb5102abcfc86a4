import DICOM
import Radiology

// How a picture lies and how it is squeezed, as its header says; nothing is turned by guess.
extension Caveats {
  /// Whether a frontal chest lies as it is looked at: rows to the patient's left, columns to the
  /// feet.
  ///
  /// An image that does not say how it lies is left to its pixels, unless the device turned it.
  /// Source: PS3.3 C.7.6.1.1.1 (Patient Orientation), C.8.11.3.1.2 (Field of View Rotation).
  mutating func addOrientation(of header: DataSet) {
    // Of an oblique direction, the first letter is the main one.
    let stated = header.strings(.patientOrientation).map { String($0.prefix(1)) }
    switch stated {
    case ["L", "F"]: break
    case ["R", "F"]:
      add(.orientation, "The chest is mirrored: the patient's left is on the left.")
    case ["R", "H"]: add(.orientation, "The chest is on its head.")
    case ["L", "H"]: add(.orientation, "The chest is mirrored and on its head.")
    case _ where stated.count == 2 && ["H", "F"].contains(stated[0]):
      add(.orientation, "The chest lies on its side.")
    case _ where stated.contains { !$0.isEmpty }:
      add(.orientation, "The file says how the chest lies, in a way no frontal chest can.")
    default:
      let isTurned = (header.decimal(.fieldOfViewRotation) ?? 0) != 0
      if isTurned || header.string(.fieldOfViewHorizontalFlip) == "YES" {
        add(.orientation, "The device turned the image, and the file does not say how it lies.")
      }
    }
  }

  /// Whether pixels are as high as they are wide, within one hundredth.
  ///
  /// Source: PS3.3 C.7.6.3.1.7 (Pixel Aspect Ratio: vertical, then horizontal), 10.7 (spacing).
  mutating func addShape(of header: DataSet) {
    let sides = [Tag.pixelAspectRatio, .pixelSpacing, .imagerPixelSpacing]
      .lazy.map { header.decimals($0) }.first { $0.count == 2 && $0.allSatisfy { $0 > 0 } }
    guard let sides, abs(sides[0] / sides[1] - 1) > 0.01 else { return }
    add(.shape, "The pixels are not square, so the picture is shown squeezed.")
  }
}
