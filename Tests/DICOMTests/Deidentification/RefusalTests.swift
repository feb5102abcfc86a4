import Testing

@testable import DICOM

@Suite("The de-identifier refuses")
struct RefusalTests {
  private func refusal(
    _ change: (inout DataSet) throws -> Void
  ) throws -> DeidentificationError? {
    var radiograph = try Radiograph()
    try change(&radiograph.dataSet)
    return try radiograph.refusal()
  }

  @Test("nothing of an image it knows all about")
  func control() throws {
    #expect(try refusal { _ in } == nil)
  }

  @Test("what is in no dictionary, in items too")
  func unknownAttributes() throws {
    let tag = DICOM.Tag(0x0018, 0x7fff)
    #expect(try refusal { try $0.set(tag, .LO, "x") } == .unknownAttribute(tag))
    let nested = try refusal { dataSet in
      var item = DataSet()
      try item.set(tag, .LO, "x")
      dataSet.set(.anatomicRegionSequence, items: [item])
    }
    #expect(nested == .unknownAttribute(tag))
  }

  @Test("values that their attribute cannot have")
  func contradictions() throws {
    #expect(
      try refusal { try $0.set(.viewPosition, .LT, "x") } == .contradictoryValue(.viewPosition, .LT)
    )
    #expect(
      try refusal { try $0.set(.instanceNumber, .IS, bytes: Array("Abel".utf8)) }
        == .contradictoryValue(.instanceNumber, .IS))
    #expect(
      try refusal { try $0.set(.anatomicRegionSequence, .UN, bytes: [1, 2, 3, 4]) }
        == .contradictoryValue(.anatomicRegionSequence, .UN))
  }

  @Test("text in an alphabet that it cannot read")
  func alphabets() throws {
    let refused = try refusal { dataSet in
      dataSet[.patientName] = nil
      try dataSet.set(.specificCharacterSet, .CS, bytes: Array("KLINGON ".utf8))
      try dataSet.set(.manufacturer, .LO, bytes: [0x41, 0xe9])
    }
    #expect(refused == .unreadableText(.manufacturer))
  }

  @Test("ideographs behind escape sequences that nobody announced or nobody knows")
  func escapes() throws {
    let kanji = [UInt8(0x1b)] + Array("$B;3ED".utf8)
    let makers = kanji + [0x1b] + Array("(B".utf8)
    let unknown = [UInt8(0x1b)] + Array("$+Q;3ED".utf8)
    for (terms, bytes) in [("", makers), ("ISO_IR 100", makers), ("\\ISO 2022 IR 87", unknown)] {
      let refused = try refusal { dataSet in
        dataSet[.patientName] = nil
        try dataSet.set(.specificCharacterSet, .CS, bytes: Array(terms.utf8))
        try dataSet.set(.manufacturer, .LO, bytes: bytes)
      }
      #expect(refused == .unreadableText(.manufacturer), "\(terms)")
    }
    let announced = try refusal { dataSet in
      dataSet[.patientName] = nil
      try dataSet.set(.specificCharacterSet, .CS, bytes: Array("\\ISO 2022 IR 87".utf8))
      try dataSet.set(.manufacturer, .LO, bytes: makers)
    }
    #expect(announced == nil)
  }

  @Test("text burned into the pixels, and pixels that may hold some")
  func burnedIn() throws {
    #expect(try refusal { try $0.set(.burnedInAnnotation, "YES") } == .burnedIn)
    #expect(
      try refusal { try $0.set(.modality, "US") } == .burnedInSuspected(.modality))
    #expect(try refusal { $0[.modality] = nil } == .burnedInSuspected(.modality))
    #expect(try refusal { try $0.set(.conversionType, "DF") } == .burnedInSuspected(.capture))
    #expect(
      try refusal { try $0.set(.imageType, ["DERIVED", "SECONDARY", "SCREEN SAVE"]) }
        == .burnedInSuspected(.capture))
    #expect(
      try refusal { try $0.set(.samplesPerPixel, integers: [3]) } == .burnedInSuspected(.color))
    let secondary = "1.2.840.10008.5.1.4.1.1.7"
    #expect(
      try refusal { try $0.set(.sopClassUID, secondary) } == .burnedInSuspected(.modality))
    let cleared = try refusal { dataSet in
      try dataSet.set(.sopClassUID, secondary)
      try dataSet.set(.modality, "OT")
      try dataSet.set(.burnedInAnnotation, "NO")
    }
    #expect(cleared == nil)
  }

  @Test("whatever else than NO an image says of burned-in text", arguments: ["Y", "1", "NO\\YES"])
  func burnedInOtherwise(said: String) throws {
    let refused = try refusal { try $0.set(.burnedInAnnotation, .CS, bytes: Array(said.utf8)) }
    #expect(refused == .burnedInSuspected(.statement))
  }

  @Test("nothing where an image leaves out or leaves empty what it says of burned-in text")
  func burnedInUnsaid() throws {
    #expect(try refusal { $0.setEmpty(.burnedInAnnotation) } == nil)
    #expect(try refusal { try $0.set(.burnedInAnnotation, .CS, bytes: Array("no".utf8)) } == nil)
  }

  @Test(
    "pictures of text by their Image Type",
    arguments: ["DOSE_INFO", "PROT", "PROTOCOL", "FILM SCAN", "Dose Report"])
  func captured(kind: String) throws {
    let refused = try refusal { dataSet in
      try dataSet.set(.imageType, .CS, bytes: Array("DERIVED\\SECONDARY\\\(kind)".utf8))
    }
    #expect(refused == .burnedInSuspected(.capture))
  }

  @Test("colours in one sample, and pixels that do not say what they show")
  func palette() throws {
    #expect(
      try refusal { try $0.set(.photometricInterpretation, "PALETTE COLOR") }
        == .burnedInSuspected(.color))
    #expect(try refusal { $0[.photometricInterpretation] = nil } == .burnedInSuspected(.color))
    #expect(try refusal { try $0.set(.photometricInterpretation, "MONOCHROME1") } == nil)
  }

  @Test("faces, and what does not say that there is none", arguments: ["YES", "PERHAPS"])
  func faces(said: String) throws {
    #expect(try refusal { try $0.set(.recognizableVisualFeatures, said) } == .recognizable)
  }

  @Test(
    "what is no plain image",
    arguments: [
      "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.104.1",
      "1.2.840.10008.5.1.4.1.1.11.1", "1.2.840.10008.5.1.4.1.1.9.1.1",
      "1.2.840.10008.5.1.4.1.1.66", "1.2.840.10008.5.1.4.1.1.77.1.4", "1.2.3",
    ])
  func otherClasses(sopClass: String) throws {
    #expect(try refusal { try $0.set(.sopClassUID, sopClass) } == .notAnImage)
  }

  @Test("images without pixels, and pixels where nobody looks")
  func pixels() throws {
    #expect(try refusal { $0[.pixelData] = nil } == .notAnImage)
    let nested = try refusal { dataSet in
      var item = DataSet()
      try item.set(.pixelData, .OW, bytes: [1, 2])
      dataSet.set(.anatomicRegionSequence, items: [item])
    }
    #expect(nested == .nestedPixels(.pixelData))
    let second = DICOM.Tag(0x7f02, 0x0010)
    #expect(try refusal { try $0.set(second, .OW, bytes: [1, 2]) } == .nestedPixels(second))
    #expect(
      try refusal { $0.set(.waveformSequence, items: [DataSet()]) }
        == .foreignContent(.waveformSequence))
  }

  @Test("overlays in unused bits of the pixels, and takes out those that are apart")
  func overlays() throws {
    let rows = DICOM.Tag(0x6000, 0x0010)
    let data = DICOM.Tag(0x6000, 0x3000)
    #expect(try refusal { try $0.set(rows, .US, integers: [4]) } == .overlayInPixels(data))
    var radiograph = try Radiograph()
    try radiograph.dataSet.set(rows, .US, integers: [4])
    try radiograph.dataSet.set(data, .OW, bytes: [0xff, 0xff])
    #expect(!(try radiograph.deidentified()).elements.contains { $0.tag.group == 0x6000 })
  }

  @Test(
    "attributes that repeat a name or a number of the patient",
    arguments: ["Ottilie", "FILE OF GRÜNWALD", "for mrn-4711", "1.2.3.4.5", "of 11.2.3.4.56"])
  func traces(text: String) throws {
    #expect(
      try refusal { try $0.set(.softwareVersions, text) } == .identityLeft(.softwareVersions))
  }

  @Test("a maker of devices that has the patient's number for a name")
  func maker() throws {
    #expect(
      try refusal { try $0.set(.manufacturer, "ACME mrn-4711") } == .identityLeft(.manufacturer))
    let own = try refusal { dataSet in
      try dataSet.set(.manufacturer, "ACME Imaging")
      try dataSet.set(.institutionName, "ACME")
    }
    #expect(own == nil)
  }

  @Test("pixels that repeat it, as comments of compressors do")
  func comments() throws {
    let refused = try refusal { dataSet in
      try dataSet.set(.pixelData, .OW, bytes: Array("shot of Ottilie in room 3 today ".utf8))
    }
    #expect(refused == .identityLeftInPixels)
  }

  @Test(
    "comments there that write it otherwise",
    arguments: [
      "shot of OTTILIE in room 3 today ", "number: mrn-4711, taken at noon.",
      "this is ottilie GRUBER, room 3. ", "A picture of Li^Wei, of ward 23 ",
      "A picture of LI WEI, of ward 23 ", "A picture of Wei Li, of ward 23 ",
    ])
  func otherwise(comment: String) throws {
    let refused = try refusal { dataSet in
      try dataSet.set(.patientName, "Li^Wei")
      try dataSet.set(.otherPatientNames, "Gruber^Ottilie")
      try dataSet.set(.pixelData, .OW, bytes: Array(comment.utf8))
    }
    #expect(refused == .identityLeftInPixels)
  }

  @Test("what cannot be read, and says nothing of its content")
  func unreadable() {
    #expect(throws: DeidentificationError.file(.notDICOM)) {
      try Deidentifier.under("secret").output(of: Array("Grünwald".utf8))
    }
  }
}
