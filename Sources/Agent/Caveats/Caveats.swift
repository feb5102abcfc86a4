import DICOM
import Imaging
import Radiology

/// What there is to beware of in one image, as its header says and its pixels show.
///
/// At most one caveat of a kind: what the header says comes before what the pixels suggest.
struct Caveats {
  private(set) var list: [Caveat] = []

  /// Of a DICOM image.
  init(of file: DICOMFile, _ picture: GreyImage, bodyPart: String, view: String) {
    addOrigin(of: file)
    addDetail(of: file)
    addDrawing(on: file.dataSet)
    let isFrontalChest = Self.isFrontalChest(bodyPart, view)
    if isFrontalChest { addOrientation(of: file.dataSet) }
    addShape(of: file.dataSet)
    addSight(of: picture, isFrontalChest: isFrontalChest)
  }

  /// Of a picture without a header.
  init(of picture: GreyImage, bodyPart: String, view: String) {
    addSight(of: picture, isFrontalChest: Self.isFrontalChest(bodyPart, view))
  }

  mutating func add(_ kind: Caveat.Kind, _ text: String) {
    guard !list.contains(where: { $0.kind == kind }) else { return }
    list.append(Caveat(kind, text))
  }

  private static func isFrontalChest(_ bodyPart: String, _ view: String) -> Bool {
    bodyPart.uppercased() == "CHEST" && ["PA", "AP"].contains(view.uppercased())
  }
}
