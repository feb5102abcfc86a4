import DICOM
import Foundation
import TestSupport
import Testing

@testable import Imaging

/// Compressed frames that differ from what the header says: a decoder trusts one and writes for
/// the other, so neither may be believed.
@Suite(.enabled(if: SharedFiles.hasDICOM, "needs the shared DICOM files"))
struct CodestreamTests {
  /// A small real file of a transfer syntax whose frame can be exchanged.
  private struct Specimen {
    private var bytes: [UInt8]
    private let place: Range<Int>

    init(_ syntax: TransferSyntax) throws {
      let rows = try SharedFiles.index().filter {
        $0["transfer_syntax_uid"] == syntax.uid && $0["pixels"] == "ok" && $0["frames"] == "1"
          && $0["bits_stored"] != "7"
      }
      let sizes = rows.map { ($0, Int($0["bytes"] ?? "") ?? .max) }
      bytes = try SharedFiles.bytes(#require(sizes.min { $0.1 < $1.1 }).0)
      place = try #require(DICOMFile.read(bytes).pixels?.fragments?.first)
    }

    var frame: [UInt8] {
      get { Array(bytes[place]) }
      set {
        let frame = newValue.count % 2 == 0 ? newValue : newValue + [0]
        let length = (0..<4).map { UInt8(truncatingIfNeeded: frame.count >> (8 * $0)) }
        bytes.replaceSubrange(place, with: frame)
        bytes.replaceSubrange(place.lowerBound - 4..<place.lowerBound, with: length)
      }
    }

    /// Where the first of these two-byte markers begins in the frame.
    func marker(_ names: [UInt8]) throws -> Int {
      let frame = frame
      return try #require(
        frame.indices.dropLast().first { frame[$0] == 0xff && names.contains(frame[$0 + 1]) })
    }

    /// States another 16-bit number in the header.
    mutating func state(_ tag: DICOM.Tag, _ value: UInt16) throws {
      let name = [tag.group, tag.element].flatMap {
        [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
      }
      let start = try #require(bytes.firstRange(of: name + Array("US".utf8) + [2, 0])).upperBound
      bytes[start] = UInt8(truncatingIfNeeded: value)
      bytes[start + 1] = UInt8(value >> 8)
    }

    /// Why there is no picture; nil if there is one.
    func refusal() throws -> ImagingError? {
      try DICOMBytes.withFile(bytes) { url in
        do throws(ImagingError) {
          _ = try PixelDecoder().decode(file: url, header: .read(contentsOf: url))
          return nil
        } catch {
          return error
        }
      }
    }
  }

  private static let size = "header and compressed frame disagree about the size"
  private static let samples = "header and compressed frame disagree about the samples per pixel"
  private static let depth = "the compressed frame has more bits than the header allocates"
  private static let unlike = "the JPEG 2000 components differ in depth or resolution"

  /// Changes the byte so far behind a marker; expects this refusal.
  private func expect(
    _ reason: String, _ syntax: TransferSyntax, _ offset: Int, _ value: UInt8, after names: UInt8...
  ) throws {
    var specimen = try Specimen(syntax)
    #expect(try specimen.refusal() == nil)
    specimen.frame[try specimen.marker(names) + offset] = value
    #expect(try specimen.refusal() == .refused(reason: reason))
  }

  @Test("a JPEG of another size, depth or number of components is refused")
  func jpeg() throws {
    for syntax in [TransferSyntax.jpegLosslessSV1, .jpegBaseline] {
      try expect(Self.size, syntax, 5, 0x7f, after: 0xc0, 0xc3)
      try expect(Self.size, syntax, 7, 0x7f, after: 0xc0, 0xc3)
      try expect(Self.depth, syntax, 4, 33, after: 0xc0, 0xc3)
      try expect(Self.samples, syntax, 9, 2, after: 0xc0, 0xc3)
    }
    try expect(Self.size, .jpegLSLossless, 5, 0x7f, after: 0xf7)
    try expect(Self.depth, .jpegLSLossless, 4, 33, after: 0xf7)
    try expect(
      "JPEG-LS of less than 8 bits is not decoded here", .jpegLSLossless, 4, 7, after: 0xf7)
  }

  @Test("a JPEG with two frame headers is refused, as decoders differ in which they believe")
  func twoHeaders() throws {
    for syntax in [TransferSyntax.jpegLosslessSV1, .jpegLSLossless] {
      var specimen = try Specimen(syntax)
      let start = try specimen.marker([0xc3, 0xf7])
      let length = Int(specimen.frame[start + 3]) + 2
      specimen.frame.insert(contentsOf: specimen.frame[start..<start + length], at: start)
      #expect(
        try specimen.refusal() == .refused(reason: "the compressed frame has two frame headers"))
    }
  }

  @Test("a JPEG 2000 codestream of another size, depth, number or resolution is refused")
  func jpeg2000() throws {
    try expect(Self.size, .jpeg2000Lossless, 7, 0x7f, after: 0x51)
    try expect(Self.size, .jpeg2000Lossless, 11, 0x7f, after: 0x51)
    try expect(Self.depth, .jpeg2000Lossless, 40, 32, after: 0x51)
    try expect(Self.unlike, .jpeg2000Lossless, 39, 9, after: 0x51)
    try expect(Self.unlike, .jpeg2000Lossless, 41, 2, after: 0x51)
  }

  @Test("an RLE frame with other segments, or segments that do not fill the image, is refused")
  func runLength() throws {
    var count = try Specimen(.rleLossless)
    #expect(try count.refusal() == nil)
    count.frame[0] += 1
    #expect(
      try count.refusal()
        == .refused(reason: "header and RLE frame disagree about the segments"))
    var outside = try Specimen(.rleLossless)
    outside.frame[7] = 0x7f
    #expect(
      try outside.refusal() == .refused(reason: "an RLE segment lies outside the frame"))
    var short = try Specimen(.rleLossless)
    short.frame.removeLast(short.frame.count / 2)
    #expect(try short.refusal() != nil)
    var long = try Specimen(.rleLossless)
    try long.state(.rows, 1)
    #expect(
      try long.refusal() == .refused(reason: "an RLE segment holds more than the image"))
  }

  @Test("a small frame that claims to be a huge image is refused and takes nothing down")
  func bomb() throws {
    var specimen = try Specimen(.jpeg2000Lossless)
    try specimen.state(.rows, 16_384)
    try specimen.state(.columns, 16_384)
    let start = try specimen.marker([0x51])
    let side: [UInt8] = [0, 0, 0x40, 0]
    specimen.frame.replaceSubrange(start + 6..<start + 14, with: side + side)
    specimen.frame.replaceSubrange(start + 22..<start + 30, with: side + side)
    #expect(try specimen.refusal() != nil)
  }
}
