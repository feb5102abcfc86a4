import Glibc

/// What secondlook-dicom wrote, taken apart and compared with our own reading of the header.
///
/// The layout is the one in `secondlook-dicom/Answer.hpp`. The program met hostile bytes, so its
/// words are trusted no more than the file's.
struct DecoderAnswer {
  static let headerSize = 116

  private let bytes: [UInt8]

  /// - Throws: ``ImagingError/refused(reason:)`` with the decoder's own reason, or
  ///   ``ImagingError/decoderFailed`` if it ended in any other way than with an answer.
  init(_ bytes: [UInt8], _ ending: ChildProcess.Ending) throws(ImagingError) {
    // The jail itself ends a decoder by other signals.
    if case .killed(let signal) = ending, [SIGTERM, SIGINT, SIGHUP].contains(signal) {
      throw .interrupted
    }
    self.bytes = bytes
    if bytes.starts(with: "SLE1".utf8), bytes.count > 8 {
      throw .refused(reason: Self.printable(bytes[8...]))
    }
    guard ending == .exited(0), bytes.starts(with: "SLP1".utf8), bytes.count >= Self.headerSize
    else {
      throw .decoderFailed
    }
  }

  func frames(
    matching module: PixelModule, _ frames: Range<Int>
  ) throws(ImagingError) -> [StoredFrame] {
    func agree(_ what: String, _ ours: Int, _ theirs: Int) throws(ImagingError) {
      guard ours == theirs else { throw .disagreement(what) }
    }
    try agree("rows", module.rows, number(at: 4, 4))
    try agree("columns", module.columns, number(at: 8, 4))
    try agree("frames", module.frames, number(at: 12, 4))
    try agree("samples per pixel", module.samples, number(at: 24, 1))
    try agree("sign", module.isSigned ? 1 : 0, number(at: 27, 1))
    guard text(at: 44, 64) == module.instanceUID else { throw .disagreement("SOP Instance UID") }

    let size = number(at: 25, 1)
    let count = module.rows * module.columns * module.samples
    // A compressed frame may have fewer bytes a sample than the header allocates, never more.
    let total = count * size * frames.count
    guard [1, 2, 4].contains(size), size <= module.bytesPerSample,
      number(at: 26, 1) == min(module.bitsStored, 8 * size),
      number(at: 16, 4) == frames.lowerBound, number(at: 20, 4) == frames.count,
      number(at: 108, 8) == total, bytes.count == Self.headerSize + total
    else { throw .decoderFailed }
    return frames.indices.map { index in
      let start = Self.headerSize + index * count * size - frames.lowerBound * count * size
      return StoredFrame(
        columns: module.columns, rows: module.rows, samples: module.samples,
        bitsStored: number(at: 26, 1), photometric: text(at: 28, 16),
        isSigned: module.isSigned,
        values: values(at: start, count: count, size: size, isSigned: module.isSigned))
    }
  }

  private func values(at start: Int, count: Int, size: Int, isSigned: Bool) -> [Int32] {
    bytes.withUnsafeBytes { buffer in
      [Int32](unsafeUninitializedCapacity: count) { result, filled in
        func fill<Word: FixedWidthInteger>(_: Word.Type) {
          for index in 0..<count {
            let word = buffer.loadUnaligned(fromByteOffset: start + index * size, as: Word.self)
            result[index] = Int32(truncatingIfNeeded: Word(littleEndian: word))
          }
        }
        switch (size, isSigned) {
        case (1, false): fill(UInt8.self)
        case (1, true): fill(Int8.self)
        case (2, false): fill(UInt16.self)
        case (2, true): fill(Int16.self)
        default: fill(Int32.self)
        }
        filled = count
      }
    }
  }

  private func number(at start: Int, _ size: Int) -> Int {
    bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | Int(truncatingIfNeeded: $1) }
  }

  private func text(at start: Int, _ size: Int) -> String {
    Self.printable(bytes[start..<start + size].prefix { $0 != 0 })
  }

  private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix(200).filter { (0x20..<0x7f).contains($0) }, as: UTF8.self)
  }
}
