/// Whether the content of a file is of a kind whose identity is all in its attributes.
///
/// Source: PS3.15 E.1 and E.3.1 (burned-in text), PS3.3 C.7.6.1.1.1 (0028,0301), C.9 (overlays).
enum ImageClearance {
  /// - Throws: the reason why the file stays.
  static func check(_ dataSet: DataSet) throws(DeidentificationError) {
    guard let sopClass = dataSet.uid(.sopClassUID), plainImages.contains(sopClass),
      dataSet.contains(.pixelData)
    else { throw .notAnImage }
    for tag in foreignContent where dataSet.contains(tag) { throw .foreignContent(tag) }
    if dataSet.string(.recognizableVisualFeatures)?.uppercased() != "NO",
      dataSet.contains(.recognizableVisualFeatures)
    {
      throw .recognizable
    }
    try checkBurnedIn(dataSet, sopClass)
    try checkOverlays(dataSet)
  }

  private static func checkBurnedIn(
    _ dataSet: DataSet, _ sopClass: String
  ) throws(DeidentificationError) {
    switch dataSet.strings(.burnedInAnnotation).map({ $0.uppercased() }) {
    case []: break
    case ["NO"]: return
    case ["YES"]: throw .burnedIn
    default: throw .burnedInSuspected(.statement)
    }
    guard cleanByNature.contains(dataSet.string(.modality) ?? ""),
      !sopClass.hasPrefix(secondaryCapture)
    else { throw .burnedInSuspected(.modality) }
    let kinds = dataSet.strings(.imageType).map { $0.uppercased() }
    let isCaptured = kinds.contains { kind in captures.contains { kind.contains($0) } }
    guard !dataSet.contains(.conversionType), !isCaptured else {
      throw .burnedInSuspected(.capture)
    }
    // A palette has one sample too.
    guard dataSet.integer(.samplesPerPixel) == 1,
      ["MONOCHROME1", "MONOCHROME2"].contains(dataSet.string(.photometricInterpretation))
    else { throw .burnedInSuspected(.color) }
  }

  /// An overlay is removed with its attributes, unless it is part of the pixels.
  private static func checkOverlays(_ dataSet: DataSet) throws(DeidentificationError) {
    let groups = Set(dataSet.elements.map(\.tag.group).filter { (0x6000...0x60ff).contains($0) })
    for group in groups.sorted() {
      let isApart = dataSet.contains(Tag(group, 0x3000))
      let bits = dataSet.integer(Tag(group, 0x0100)) ?? 1
      guard isApart, bits <= 1 else { throw .overlayInPixels(Tag(group, 0x3000)) }
    }
  }

  /// What an image does not need and nobody here can clean: text, drawings, curves, documents.
  private static let foreignContent: [Tag] = [
    .contentSequence, .graphicAnnotationSequence, .encapsulatedDocument, .waveformSequence,
    Tag(0x5600, 0x0020),
  ]

  /// Modalities whose images carry no text of their own where nothing says that they do.
  private static let cleanByNature: Set<String> = [
    "CR", "DX", "MG", "IO", "PX", "CT", "MR", "PT", "NM", "XA", "RF",
  ]

  /// What Image Type says of pictures of text: screens, dose reports, protocols, scanned films.
  private static let captures = ["SCREEN", "CAPTURE", "REPORT", "DOSE", "PROT", "FILM"]

  /// All secondary capture classes, PS3.4 B.5.
  private static let secondaryCapture = root + "7"
  private static let root = "1.2.840.10008.5.1.4.1.1."

  /// Image storage classes without photographs, which show faces.
  ///
  /// Source: PS3.4 table B.5-1.
  private static let plainImages = Set(
    [
      // CR; DX, MG and IO for presentation and for processing
      "1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1",
      // CT, MR, their enhanced and legacy converted forms
      "2", "2.1", "2.2", "4", "4.1", "4.3", "4.4",
      // US
      "3.1", "6.1", "6.2",
      // Secondary capture
      "7", "7.1", "7.2", "7.3", "7.4",
      // XA, XRF, 3D X-ray, breast tomosynthesis
      "12.1", "12.1.1", "12.2", "12.2.1", "13.1.1", "13.1.2", "13.1.3", "13.1.4", "13.1.5",
      // NM and PET
      "20", "128", "128.1", "130",
    ].map { root + $0 })
}
