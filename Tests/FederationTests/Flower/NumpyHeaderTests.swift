import TestSupport
import Testing

@testable import Federation

@Suite("Arrays are .npy files of version 1.0, little endian, in C order")
struct NumpyHeaderTests {
  /// What numpy 2.4 writes for these shapes, without the values.
  private static let golden: [([Int], String)] = [
    ([], "{'descr': '<f4', 'fortran_order': False, 'shape': (), }"),
    ([1], "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"),
    ([2, 3], "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"),
    ([2, 3, 4, 5], "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 4, 5), }"),
  ]

  @Test("the head is numpy's, byte for byte", arguments: golden)
  func bytes(shape: [Int], text: String) {
    let padding = String(repeating: " ", count: 117 - text.utf8.count)
    #expect(
      NumpyHeader(element: .float32, shape: shape).encoded()
        == [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array((text + padding + "\n").utf8))
  }

  @Test("any header comes back as it was", arguments: 0..<50)
  func roundTrip(seed: UInt64) throws {
    var random = Seeded(seed)
    let header = NumpyHeader(
      element: ElementType.allCases.randomElement(using: &random) ?? .bool,
      shape: (0..<Int.random(in: 0...6, using: &random)).map { _ in
        Int.random(in: 1...12, using: &random)
      })
    let read = try NumpyHeader.read(header.encoded() + [1, 2, 3])
    #expect(read.header == header)
    #expect(read.length == header.encoded().count && read.length % 64 == 0)
  }

  private static func file(_ text: String, version: UInt8 = 1) -> [UInt8] {
    let length = text.utf8.count + 1
    return [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(length & 0xff), UInt8(length >> 8)]
      + Array((text + "\n").utf8)
  }

  @Test(
    "what is no plain array is refused as such",
    arguments: [
      "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }",
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
      "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }",
    ])
  func unsupported(text: String) {
    let error = #expect(throws: FleetError.self) { try NumpyHeader.read(Self.file(text)) }
    guard case .unsupportedArray? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "what is no head of numpy's is refused",
    arguments: [
      "", "{", "{}", "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
      "{'descr': '<f4', 'fortran_order': False, 'shape': [1]}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
      "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}",
    ])
  func malformed(text: String) {
    let error = #expect(throws: FleetError.self) { try NumpyHeader.read(Self.file(text)) }
    guard case .malformed? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a shape whose product overflows, or that nobody could hold, is refused")
  func overflow() {
    for shape in ["(4294967296, 4294967296)", "(268435457,)", "(1, 9223372036854775807, 2)"] {
      let text = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape)}"
      #expect(throws: FleetError.tooMuch("values of an array", limit: FleetLimits.mostValues)) {
        try NumpyHeader.read(Self.file(text))
      }
    }
    let many = "(" + String(repeating: "1, ", count: 17) + ")"
    #expect(throws: FleetError.self) {
      try NumpyHeader.read(
        Self.file("{'descr': '<f4', 'fortran_order': False, 'shape': \(many)}"))
    }
  }

  @Test("another version, a cut head and a pickle are refused")
  func others() {
    let good = Self.golden[1].1
    #expect(throws: FleetError.self) { try NumpyHeader.read(Self.file(good, version: 2)) }
    #expect(throws: FleetError.self) { try NumpyHeader.read([0x80, 0x04, 0x95] as [UInt8]) }
    let whole = Self.file(good)
    for length in 0..<whole.count {
      #expect(throws: FleetError.self) { try NumpyHeader.read(whole.prefix(length)) }
    }
  }
}
