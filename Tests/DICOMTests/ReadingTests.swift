import Testing

@testable import DICOM

@Suite struct ReadingTests {
  /// Meta information naming the transfer syntax, then the bytes.
  private func file(_ syntax: TransferSyntax, _ body: [UInt8]) -> [UInt8] {
    var uid = Array(syntax.uid.utf8)
    if uid.count % 2 == 1 { uid.append(0) }
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
      + [2, 0, 0x10, 0] + Array("UI".utf8) + [UInt8(uid.count), 0] + uid + body
  }

  private let explicitRows: [UInt8] = [0x28, 0, 0x10, 0, 0x55, 0x53, 2, 0, 0x01, 0x02]

  @Test("explicit, implicit and big endian files say the same")
  func encodings() throws {
    let implicit: [UInt8] = [0x28, 0, 0x10, 0, 2, 0, 0, 0, 0x01, 0x02]
    let big: [UInt8] = [0, 0x28, 0, 0x10, 0x55, 0x53, 0, 2, 0x02, 0x01]
    for (syntax, body) in [
      (TransferSyntax.explicitLittleEndian, explicitRows), (.implicitLittleEndian, implicit),
      (.explicitBigEndian, big),
    ] {
      #expect(try DICOMFile.read(file(syntax, body)).dataSet.integer(.rows) == 0x201)
    }
  }

  @Test("a deflated file is read with an inflater and refused without")
  func deflated() throws {
    let bytes = file(.deflatedExplicitLittleEndian, [1, 2, 3])
    let rows = explicitRows
    #expect(throws: DICOMError.deflated) { try DICOMFile.read(bytes) }
    let read = try DICOMFile.read(bytes) { deflated in
      #expect(Array(deflated) == [1, 2, 3])
      return rows
    }
    #expect(read.dataSet.integer(.rows) == 0x201)
    #expect(throws: DICOMError.badDeflate) {
      try DICOMFile.read(bytes) { _ in throw DICOMError.notDICOM }
    }
  }

  @Test("sequences of undefined length may nest, and each must end")
  func sequences() throws {
    let open: [UInt8] = [0x40, 0, 0x30, 0xa7] + Array("SQ".utf8) + [0, 0, 255, 255, 255, 255]
    let item: [UInt8] = [0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255]
    let close: [UInt8] = [0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]
    let nested = open + item + open + item + explicitRows + close + close
    let read = try DICOMFile.read(file(.explicitLittleEndian, nested))
    let inner = read.dataSet.items(.contentSequence).first?.items(.contentSequence).first
    #expect(inner?.integer(.rows) == 0x201)
    #expect(throws: DICOMError.self) {
      try DICOMFile.read(file(.explicitLittleEndian, nested.dropLast(8)))
    }
    let deep = Array(repeatElement(open + item, count: 60).joined())
    #expect(throws: DICOMError.tooDeep(limit: DataSetParser.depthLimit)) {
      try DICOMFile.read(file(.explicitLittleEndian, deep))
    }
  }

  @Test("a length beyond the end of the file is refused")
  func lengths() {
    let lying: [UInt8] = [0x10, 0, 0x10, 0, 0x50, 0x4e, 0xff, 0xff, 0x41, 0x42]
    #expect(throws: DICOMError.self) { try DICOMFile.read(file(.explicitLittleEndian, lying)) }
  }

  @Test("of two elements with one tag the first counts")
  func duplicates() throws {
    let second: [UInt8] = [0x28, 0, 0x10, 0, 0x55, 0x53, 2, 0, 9, 9]
    let read = try DICOMFile.read(file(.explicitLittleEndian, explicitRows + second))
    #expect(read.dataSet.integer(.rows) == 0x201)
  }

  @Test("elements in the wrong order are put right")
  func order() throws {
    // Each tag is below the one before; the last one is there twice.
    let tags = (0..<2_000).reversed() + [0]
    let body = tags.flatMap { tag -> [UInt8] in
      [0x29, 0, UInt8(tag & 0xff), UInt8(tag >> 8), 0x55, 0x53, 2, 0, UInt8(tag & 0x7f), 0]
    }
    let elements = try DICOMFile.read(file(.explicitLittleEndian, explicitRows + body)).dataSet
      .elements
    #expect(elements.map(\.tag) == elements.map(\.tag).sorted())
    #expect(elements.count == 2_001)
  }

  @Test("what a writer called unknown is known where the standard knows it and the length fits")
  func unknown() throws {
    func unknown(_ value: [UInt8]) -> [UInt8] {
      [0x28, 0, 0x10, 0] + Array("UN".utf8) + [0, 0, UInt8(value.count), 0, 0, 0] + value
    }
    let known = try DICOMFile.read(file(.explicitLittleEndian, unknown([1, 2]))).dataSet
    #expect(known.integer(.rows) == 0x201)
    let odd = try DICOMFile.read(file(.explicitLittleEndian, unknown([1, 2, 3]))).dataSet
    #expect(odd[.rows]?.vr == .UN)
  }

  @Test("fragments are located without the offset table")
  func fragments() throws {
    let pixels: [UInt8] =
      [
        0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 255, 255, 255, 255, 0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0,
        0xfe, 0xff, 0, 0xe0, 2, 0, 0, 0, 7, 8, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0,
      ]
    let bytes = file(.jpegLosslessSV1, pixels)
    let reference = try #require(try DICOMFile.read(bytes).pixels)
    #expect(reference.fragments?.map { Array(bytes[$0]) } == [[7, 8]])
    #expect(!reference.isTruncated)
    #expect(try DICOMFile.read(bytes.dropLast(9)).pixels?.isTruncated == true)
  }

  @Test("a vendor's own transfer syntax is refused by name")
  func vendorSyntax() {
    #expect(throws: DICOMError.unsupportedTransferSyntax) {
      try DICOMFile.read(file(TransferSyntax(uid: "1.2.826.0.1.3680043"), explicitRows))
    }
  }

  @Test("only what begins like DICOM is taken for it")
  func prefixes() {
    #expect(DICOMFile.isDICOM(prefix: file(.explicitLittleEndian, [])))
    #expect(!DICOMFile.isDICOM(prefix: Array("<!DOCTYPE html>".utf8)))
    #expect(!DICOMFile.isDICOM(prefix: [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]))
    #expect(!DICOMFile.isDICOM(prefix: []))
  }

  @Test("a person's name has its parts, spellings and a plain form")
  func personName() {
    let name = PersonName("Yamada^Tarou^^Dr=山田^太郎=やまだ^たろう")
    #expect(name.family == "Yamada")
    #expect(name.alphabetic.prefix == "Dr")
    #expect(name.ideographic.display == "山田, 太郎")
    #expect(name.display == "Yamada, Tarou")
    #expect(PersonName("=山田").display == "山田")
    #expect(PersonName("").display == "")
  }

  @Test("UIDs are digits and dots, and new ones are never the same")
  func uids() {
    #expect(UID.isValid(UID.make()))
    #expect(UID.make() != UID.make())
    for text in ["", ".1", "1.", "1..2", "1.a", String(repeating: "1", count: 65)] {
      #expect(!UID.isValid(text))
    }
  }
}
