import DICOM
import Radiology

extension PresentationState {
  /// The outlines and labels, those of the model and those of the reader on layers of their own,
  /// so that a viewer can hide either; and on each image what kind of result they are.
  ///
  /// Source: PS3.3 C.10.5 and C.10.7.
  func setAnnotations(of file: inout DataSet) throws(DICOMError) {
    var annotations: [DataSet] = []
    var used: [Layer] = []
    for layer in [Layer.model, .reader] {
      let regions = shown.filter { $0.finding.origin == layer.origin }
      if !regions.isEmpty { used.append(layer) }
      for frame in regions.map(\.reference).unique {
        var (outlines, labels): ([DataSet], [DataSet]) = ([], [])
        for region in regions where region.reference == frame {
          outlines.append(try region.outline())
          labels.append(try region.label())
        }
        var annotation = try annotation(on: frame, layer)
        annotation.set(.graphicObjectSequence, items: outlines)
        annotation.set(.textObjectSequence, items: labels)
        annotations.append(annotation)
      }
    }
    used.append(.note)
    for image in images {
      var annotation = try annotation(on: image.reference, .note)
      annotation.set(.textObjectSequence, items: [try note()])
      annotations.append(annotation)
    }
    file.set(.graphicAnnotationSequence, items: annotations)
    var layers: [DataSet] = []
    for (index, layer) in used.enumerated() {
      var item = DataSet()
      try item.set(.graphicLayer, layer.rawValue)
      try item.set(.graphicLayerOrder, integers: [index + 1])
      try item.set(.graphicLayerDescription, layer.description)
      layers.append(item)
    }
    file.set(.graphicLayerSequence, items: layers)
  }

  private func annotation(
    on image: ImageReference, _ layer: Layer
  ) throws(DICOMError) -> DataSet {
    var annotation = DataSet()
    annotation.set(.referencedImageSequence, items: [try image.dataSet()])
    try annotation.set(.graphicLayer, layer.rawValue)
    return annotation
  }

  /// One line at the foot of what is displayed, wherever the regions are.
  private func note() throws(DICOMError) -> DataSet {
    let synthetic = head.dossier.study.isSynthetic ? "SYNTHETIC IMAGE. " : ""
    let words = "SecondLook, \(head.dossier.standing): research software, not a medical device"
    var text = DataSet()
    try text.set(.unformattedTextValue, synthetic + words)
    try text.set(.boundingBoxAnnotationUnits, "DISPLAY")
    try text.set(.boundingBoxTopLeftHandCorner, decimals: [0.02, 0.95])
    try text.set(.boundingBoxBottomRightHandCorner, decimals: [0.98, 0.99])
    try text.set(.boundingBoxTextHorizontalJustification, "LEFT")
    return text
  }

  /// A Graphic Layer (0070,0002).
  private enum Layer: String {
    case model = "MODEL"
    case reader = "READER"
    case note = "NOTE"

    var origin: Finding.Origin? {
      switch self {
      case .model: .model
      case .reader: .reader
      case .note: nil
      }
    }

    var description: String {
      switch self {
      case .model: "Regions that the model (AI) marked"
      case .reader: "Regions that the reader added"
      case .note: "What kind of result this is"
      }
    }
  }
}

extension ShownRegion {
  /// A closed polyline, in pixels from the corner of the first one: the numbers a ``Region`` has.
  ///
  /// Source: PS3.3 C.10.5.1.2.
  fileprivate func outline() throws(DICOMError) -> DataSet {
    let corners = inside.corners
    let closed = corners + corners.prefix(1)
    var outline = DataSet()
    try outline.set(.trackingID, finding.name)
    try outline.set(.trackingUID, finding.trackingUID)
    try outline.set(.graphicAnnotationUnits, "PIXEL")
    try outline.set(.graphicDimensions, integers: [2])
    try outline.set(.numberOfGraphicPoints, integers: [closed.count])
    try outline.set(.graphicData, decimals: closed.flatMap { [$0.column, $0.row] })
    try outline.set(.graphicType, "POLYLINE")
    try outline.set(.graphicFilled, "N")
    return outline
  }

  /// Name, probability and standing at the region's upper left corner.
  fileprivate func label() throws(DICOMError) -> DataSet {
    var label = DataSet()
    try label.set(.unformattedTextValue, finding.label)
    try label.set(.anchorPointAnnotationUnits, "PIXEL")
    try label.set(.anchorPoint, decimals: [inside.x0, inside.y0])
    try label.set(.anchorPointVisibility, "N")
    return label
  }
}

extension Finding {
  /// `R1 41% AI, reader agrees`: short enough to stand in a picture.
  var label: String {
    let share = probability.map { " \(Int(($0 * 100).rounded()))%" } ?? ""
    let who = origin == .model ? "AI" : "reader"
    let verdict =
      switch state {
      case .open: origin == .model ? ", not reviewed" : ""
      case .agreed: origin == .model ? ", reader agrees" : ""
      case .unsure: ", reader unsure"
      case .rejected: ", rejected"
      }
    return "\(name)\(share) \(who)\(verdict)"
  }
}

extension [ImageReference] {
  /// Each once, in the order they come.
  var unique: [ImageReference] {
    var seen: Set<ImageReference> = []
    return filter { seen.insert($0).inserted }
  }
}
