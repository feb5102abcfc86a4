import DICOM
import Foundation
import Testing

@testable import Imaging

@Suite struct PixelDecoderTests {
  /// A program that does what the text says, in place of the decoder.
  private func impostor(_ script: String) throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: url.path)
    return url
  }

  /// Decodes a good file with another program than the decoder.
  private func decode(by script: String, seconds: Int = 20) throws {
    let program = try impostor(script)
    defer { try? FileManager.default.removeItem(at: program) }
    let bytes = try DICOMBytes.file(DICOMBytes.header(columns: 1, rows: 1), pixels: [1])
    try DICOMBytes.withFile(bytes) { url in
      let decoder = PixelDecoder(program: program, seconds: seconds)
      _ = try decoder.decode(file: url, header: .read(contentsOf: url))
    }
  }

  @Test("a decoder that hangs, breaks, babbles or floods is stopped")
  func impostors() {
    #expect(throws: ImagingError.decoderTookTooLong(seconds: 1)) {
      try decode(by: "exec sleep 30", seconds: 1)
    }
    #expect(throws: ImagingError.decoderFailed) { try decode(by: "kill -SEGV $$") }
    #expect(throws: ImagingError.decoderFailed) { try decode(by: "echo nonsense") }
    #expect(throws: ImagingError.decoderFailed) { try decode(by: "exec cat /dev/zero") }
    #expect(throws: ImagingError.refused(reason: "no[31m")) {
      try decode(by: #"printf 'SLE1\005\000\000\000no\033[31m'; exit 2"#)
    }
  }

  @Test("a file that is cut off while it is decoded is refused")
  func truncated() throws {
    let bytes = try DICOMBytes.file(
      DICOMBytes.header(columns: 40, rows: 40), pixels: Array(repeating: 5, count: 1600))
    let header = try DICOMFile.read(bytes)
    for count in [0, 100, 132, 300, bytes.count - 1] {
      try DICOMBytes.withFile(Array(bytes[..<count])) { url in
        #expect(throws: ImagingError.self) {
          try PixelDecoder().decode(file: url, header: header)
        }
      }
    }
  }

  @Test("a file that changed under its name is refused")
  func exchanged() throws {
    var other = try DICOMBytes.header(columns: 1, rows: 1)
    let header = try DICOMFile.read(DICOMBytes.file(other, pixels: [1]))
    try other.set(.sopInstanceUID, "2.25.43")
    try DICOMBytes.withFile(DICOMBytes.file(other, pixels: [1])) { url in
      #expect(throws: ImagingError.disagreement("SOP Instance UID")) {
        try PixelDecoder().decode(file: url, header: header)
      }
    }
  }

  @Test("pixels of 64 bits, absent frames and files without pixels are refused by name")
  func refused() throws {
    let wide = try DICOMBytes.header(columns: 1, rows: 1, bits: 64)
    try DICOMBytes.withFile(DICOMBytes.file(wide, pixels: [1, 1, 1, 1])) { url in
      #expect(throws: ImagingError.refused(reason: "64-bit pixels are not decoded here")) {
        try PixelDecoder().decode(file: url, header: .read(contentsOf: url))
      }
    }
    let header = try DICOMBytes.header(columns: 1, rows: 1)
    try DICOMBytes.withFile(DICOMBytes.file(header, pixels: [1])) { url in
      #expect(throws: ImagingError.noSuchFrame(1)) {
        try PixelDecoder().decode(file: url, header: .read(contentsOf: url), frame: 1)
      }
    }
    try DICOMBytes.withFile(DICOMFile(header).write()) { url in
      #expect(throws: ImagingError.noPixels) {
        try PixelDecoder().decode(file: url, header: .read(contentsOf: url))
      }
    }
  }

  @Test("only the stored bits count, with their sign")
  func storedBits() throws {
    var dataSet = try DICOMBytes.header(columns: 3, rows: 1)
    try dataSet.set(.bitsStored, integers: [12])
    try dataSet.set(.highBit, integers: [11])
    try dataSet.set(.pixelRepresentation, integers: [1])
    try DICOMBytes.withFile(DICOMBytes.file(dataSet, pixels: [0xf7ff, 0x0fff, 0x0800])) { url in
      let frame = try PixelDecoder().decode(file: url, header: .read(contentsOf: url))
      #expect(frame.values == [2047, -1, -2048])
    }
  }

  @Test("bits become pixels, the lowest first, and frames follow without a gap")
  func bits() throws {
    var dataSet = try DICOMBytes.header(columns: 3, rows: 3, bits: 1)
    try dataSet.set(.numberOfFrames, integers: [2])
    try DICOMBytes.withFile(DICOMBytes.file(dataSet, pixels: [0b1_0000_0101, 1])) {
      let header = try DICOMFile.read(contentsOf: $0)
      #expect(
        try PixelDecoder().decode(file: $0, header: header, frame: 0).values
          == [1, 0, 1, 0, 0, 0, 0, 0, 1])
      #expect(
        try PixelDecoder().decode(file: $0, header: header, frame: 1).values
          == [0, 0, 0, 0, 0, 0, 0, 1, 0])
    }
  }

  @Test("32-bit values keep all their bits, and are shown by their brightness")
  func wide() throws {
    for (isSigned, numbers) in [(0, [2_147_483_649, 7]), (1, [-2_147_483_647, 7])] {
      var dataSet = try DICOMBytes.header(columns: 2, rows: 1, bits: 32)
      try dataSet.set(.pixelRepresentation, integers: [isSigned])
      try DICOMBytes.withFile(DICOMBytes.file(dataSet, pixels: [1, 0x8000, 7, 0])) { url in
        let header = try DICOMFile.read(contentsOf: url)
        let frame = try PixelDecoder().decode(file: url, header: header)
        #expect(frame.values.map(frame.number) == numbers)
        let image = try GreyImage(frame, header, frame: 0)
        #expect(image.values == numbers.map { Float($0) })
      }
    }
  }

  @Test("pixels that are fewer or a row more than the header says are refused")
  func wrongLength() throws {
    for (rows, frames) in [(1, 1), (3, 1), (2, 2), (2, Int(Int32.max))] {
      var dataSet = try DICOMBytes.header(columns: 4, rows: rows)
      try dataSet.set(.numberOfFrames, integers: [frames])
      let bytes = try DICOMBytes.file(dataSet, pixels: Array(repeating: 1, count: 8))
      try DICOMBytes.withFile(bytes) { url in
        #expect(throws: ImagingError.badHeader(.pixelData)) {
          try PixelDecoder().decode(file: url, header: .read(contentsOf: url))
        }
      }
    }
  }
}
