import Foundation
import Testing

@testable import Engine

@Suite("Parameters travel as plain numbers")
struct ParametersTests {
  private let sample = Parameters(entries: [
    .init(name: "a.weight", shape: [2, 3], values: [1, -2, 3.5, 0, -0.0, 1e-38]),
    .init(name: "b", shape: [1], values: [7]),
  ])

  @Test("they come back from their bytes as they were, bit for bit")
  func roundTrip() throws {
    let bytes = sample.encoded()
    let back = try Parameters(decoding: bytes)
    #expect(back == sample)
    #expect(back.encoded() == bytes)
    #expect(back.count == 7)
  }

  @Test("the bytes are laid out as documented")
  func layout() {
    let bytes = Parameters(entries: [.init(name: "w", shape: [2], values: [1, -2])]).encoded()
    #expect(
      bytes == Array("SLPARAM1".utf8) + [1, 0, 0, 0, 1, 0] + Array("w".utf8) + [1, 2, 0, 0, 0]
        + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
  }

  @Test("the digest is the SHA-256 of the bytes, and changes with any value")
  func digest() {
    let empty = Parameters(entries: [])
    // printf 'SLPARAM1\0\0\0\0' | sha256sum
    #expect(empty.digest == "902806af7dc4dd5d47c7dff4c23d632d350236c33ea0dd2bb039b360ba36ef60")
    var other = sample
    other.entries[1].values[0] = 7.0000005
    #expect(other.digest != sample.digest)
  }

  @Test("every shortened container is refused")
  func truncated() {
    let bytes = sample.encoded()
    for count in 0..<bytes.count {
      #expect(throws: EngineError.self) { try Parameters(decoding: Array(bytes.prefix(count))) }
    }
    #expect(throws: EngineError.self) { try Parameters(decoding: bytes + [0]) }
  }

  @Test("hostile containers are refused before memory is taken")
  func hostile() {
    func container(_ entries: [[UInt8]]) -> [UInt8] {
      Array("SLPARAM1".utf8) + [UInt8(entries.count), 0, 0, 0] + entries.flatMap { $0 }
    }
    let huge: [UInt8] = [1, 0, 0x77, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    let large: [UInt8] = [1, 0, 0x77, 1, 0, 0, 0, 4]
    let nothing: [UInt8] = [1, 0, 0x77, 1, 0, 0, 0, 0]
    let flat: [UInt8] = [1, 0, 0x77, 0]
    let escape: [UInt8] = [1, 0, 0x1B, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    let nameless: [UInt8] = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    let nan: [UInt8] = [1, 0, 0x77, 1, 1, 0, 0, 0, 0, 0, 0xC0, 0x7F]
    let fine: [UInt8] = [1, 0, 0x77, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    for entry in [huge, large, nothing, flat, escape, nameless, nan] {
      #expect(throws: EngineError.self) { try Parameters(decoding: container([entry])) }
    }
    #expect(throws: EngineError.self) { try Parameters(decoding: container([fine, fine])) }
    #expect(throws: Never.self) { try Parameters(decoding: container([fine])) }
    let newer = EngineError.damagedParameters(
      problem: "they were written by a newer version of SecondLook")
    #expect(throws: newer) { try Parameters(decoding: Array("SLPARAM2".utf8) + [0, 0, 0, 0]) }
    let many = Array("SLPARAM1".utf8) + [0xFF, 0xFF, 0xFF, 0xFF]
    #expect(throws: EngineError.damagedParameters(problem: "they announce 4294967295 entries")) {
      try Parameters(decoding: many)
    }
  }

  @Test("damaged bytes are refused or mean what they say", arguments: 0..<300 as Range<UInt64>)
  func fuzz(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var bytes = sample.encoded()
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
    }
    if let parameters = try? Parameters(decoding: bytes) {
      #expect(parameters.encoded() == bytes)
      #expect(parameters.isFinite)
    }
  }

  @Test("sums, differences, scales and lengths")
  func arithmetic() {
    let ones = Parameters(
      entries: sample.entries.map {
        .init(name: $0.name, shape: $0.shape, values: $0.values.map { _ in 1 })
      })
    #expect(sample.adding(ones, scaled: 2)["b"]?.values == [9])
    #expect(sample.subtracting(sample).norm == 0)
    #expect(ones.scaled(by: 3).norm == (9.0 * 7).squareRoot())
    #expect(sample.isShaped(like: ones))
    #expect(!sample.isShaped(like: Parameters(entries: [sample.entries[0]])))
    #expect(sample.isFinite && !sample.scaled(by: .infinity).isFinite)
  }

  @Test("in place, sums, differences and multiples are the same to the bit")
  func inPlace() {
    let one = sample
    let other = Parameters(entries: [
      .init(name: "a.weight", shape: [2, 3], values: [0.1, 3.3, -7.77, 1e-8, 5, 2e30]),
      .init(name: "b", shape: [1], values: [0.7]),
    ])
    var result = one
    result.add(other, scaled: 0.3)
    #expect(result == one.adding(other, scaled: 0.3))
    result = one
    result.subtract(other)
    #expect(result == one.subtracting(other))
    result = one
    result.scale(by: 1.7)
    #expect(result == one.scaled(by: 1.7))
  }

  @Test("a mean counts each part by its weight")
  func mean() throws {
    let far = sample.scaled(by: 3)
    let mean = try Parameters.weightedMean([(sample, 3), (far, 1)])
    #expect(mean["b"]?.values == [10.5])
    #expect(try Parameters.weightedMean([(sample, 5), (far, 0)]) == sample)
    #expect(throws: EngineError.self) { try Parameters.weightedMean([]) }
    #expect(throws: EngineError.self) { try Parameters.weightedMean([(sample, 0)]) }
    #expect(throws: EngineError.self) { try Parameters.weightedMean([(sample, .nan)]) }
    #expect(throws: EngineError.self) { try Parameters.weightedMean([(sample, 2), (far, -1)]) }
    #expect(throws: EngineError.parametersDoNotFit(entry: "b")) {
      try Parameters.weightedMean([(Parameters(entries: [sample.entries[0]]), 1), (sample, 1)])
    }
  }
}

@Suite("Weights on disk are what their name says")
struct ParameterFileTests {
  private let parameters = Parameters(entries: [.init(name: "w", shape: [3], values: [1, 2, 3])])

  /// Runs a body in a folder that is gone afterwards.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("saved weights are found by digest, private, and alone in the folder")
  func roundTrip() throws {
    try withFolder { folder in
      let digest = try ParameterFile.save(parameters, in: folder)
      #expect(digest == parameters.digest)
      #expect(try ParameterFile.save(parameters, in: folder) == digest)
      #expect(try ParameterFile.load(digest, from: folder) == parameters)
      let path = ParameterFile.url(of: digest, in: folder).path(percentEncoded: false)
      let facts = try FileManager.default.attributesOfItem(atPath: path)
      #expect(facts[.posixPermissions] as? Int == 0o600)
      let names = try FileManager.default.contentsOfDirectory(
        atPath: folder.path(percentEncoded: false))
      #expect(names == ["\(digest).weights"])
    }
  }

  @Test("a file with other content, a link, and a name that is a path are refused")
  func refuses() throws {
    try withFolder { folder in
      let digest = try ParameterFile.save(parameters, in: folder)
      let file = ParameterFile.url(of: digest, in: folder)
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: file)
      #expect(throws: EngineError.digestMismatch(expected: digest)) {
        try ParameterFile.load(digest, from: folder)
      }
      try FileManager.default.removeItem(at: file)
      try FileManager.default.createSymbolicLink(
        at: file, withDestinationURL: URL(filePath: "/dev/zero"))
      #expect(throws: EngineError.self) { try ParameterFile.load(digest, from: folder) }
      #expect(throws: EngineError.self) { try ParameterFile.load("../secret", from: folder) }
      #expect(throws: EngineError.file(operation: "open", code: ENOENT)) {
        try ParameterFile.load(String(repeating: "0", count: 64), from: folder)
      }
    }
  }

  @Test("weights under a name of their own take the place of what is there, whole and private")
  func named() throws {
    try withFolder { folder in
      let place = folder.appending(path: "moments")
      try ParameterFile.save(parameters.scaled(by: 2), as: place)
      try ParameterFile.save(parameters, as: place)
      #expect(try ParameterFile.load(from: place) == parameters)
      #expect(try Data(contentsOf: place) == Data(parameters.encoded()))
      let path = place.path(percentEncoded: false)
      let facts = try FileManager.default.attributesOfItem(atPath: path)
      #expect(facts[.posixPermissions] as? Int == 0o600)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
          == ["moments"])
      try Data(contentsOf: place).dropLast().write(to: place)
      #expect(throws: EngineError.self) { try ParameterFile.load(from: place) }
    }
  }

  @Test("a folder that is missing and weights that are no numbers are refused")
  func refusesToSave() throws {
    try withFolder { folder in
      #expect(throws: EngineError.file(operation: "create", code: ENOENT)) {
        try ParameterFile.save(parameters, in: folder.appending(path: "missing"))
      }
      #expect(throws: EngineError.notFinite(what: "weights")) {
        try ParameterFile.save(parameters.scaled(by: .nan), in: folder)
      }
    }
  }
}
