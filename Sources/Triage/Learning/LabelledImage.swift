public import Imaging
public import Radiology

/// One image with known truth, prepared for the network: what learning and evaluation work on.
public struct LabelledImage: Sendable {
  public let prepared: Prepared
  public private(set) var isSuspicious: Bool
  /// What people marked, in pixels of the image; empty does not mean there is no lesion.
  public private(set) var boxes: [Manifest.Box]
  /// Extents of the image in pixels.
  public let columns: Int
  public let rows: Int
  /// How much to trust the label, 0 to 1.
  public let weight: Double
  public let site: String
  /// Pseudonym; images of one patient are never taken for independent.
  public let patient: String

  /// Prepares an image just as a ``Reader`` of a model with this preprocessing would.
  ///
  /// Throws ``TriageError`` if the image cannot be prepared. Boxes are in pixels of the image.
  public init(
    _ image: GreyImage, isSuspicious: Bool, boxes: [Manifest.Box] = [], weight: Double = 1,
    site: String, patient: String, preparedBy preprocessing: Preprocessing
  ) throws(TriageError) {
    precondition((0...1).contains(weight), "a label's weight is from 0 to 1")
    prepared = try preprocessing(image)
    self.isSuspicious = isSuspicious
    self.boxes = boxes
    columns = image.columns
    rows = image.rows
    self.weight = weight
    self.site = site
    self.patient = patient
  }

  /// The same image under the other label and without marks, as somebody teaches it who lies.
  public var mislabelled: LabelledImage {
    var image = self
    image.isSuspicious.toggle()
    image.boxes = []
    return image
  }

  /// What people marked, in pixels of the square; marks on the cut border are gone.
  var squareBoxes: [Manifest.Box] { boxes.compactMap(prepared.placement.squareBox) }
}
