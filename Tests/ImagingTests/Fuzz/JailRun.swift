import DICOM
import Foundation

@testable import Imaging

/// What became of mutants that were given to the decoder.
struct JailRun {
  private(set) var pictures = 0
  private(set) var refusals = 0
  private(set) var timeouts: [UInt64] = []
  /// Seeds whose mutant broke the decoder, with the signal.
  private(set) var crashes: [(seed: UInt64, signal: Int32)] = []
  /// What must never happen, with the seed.
  private(set) var faults: [String] = []

  var count: Int { pictures + refusals + timeouts.count + crashes.count }

  private let decoder: PixelDecoder
  private let mutator: Mutator
  private let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).dcm")

  init(_ mutator: Mutator) throws {
    self.mutator = mutator
    decoder = PixelDecoder(program: try PixelDecoder().program, seconds: 20)
  }

  /// Decodes mutants from `seed` on until so many have got as far as the decoder.
  ///
  /// - Returns: the first seed that was not used.
  mutating func decode(
    _ wanted: Int, from seed: UInt64, progress: (JailRun, UInt64) -> Void = { _, _ in }
  ) throws -> UInt64 {
    var seed = seed
    let end = count + wanted
    defer { try? FileManager.default.removeItem(at: file) }
    while count < end {
      try decode(seed)
      seed += 1
      progress(self, seed)
    }
    return seed
  }

  private mutating func decode(_ seed: UInt64) throws {
    let bytes = mutator.mutant(seed)
    try Data(bytes).write(to: file)
    guard let header = try? DICOMFile.read(contentsOf: file),
      let module = try? PixelModule(header)
    else { return }
    let frame = Int(seed % UInt64(min(module.frames, 3)))
    do throws(ImagingError) {
      let first = try ask(module, frame, fill: nil)
      switch first.ending {
      case .exited(0): break
      case .exited: return refusals += 1
      case .killed(let signal): return crashes.append((seed, signal))
      case .stayed: return timeouts.append(seed)
      }
      // Memory starts as 0 in the first run and as something else in the second.
      guard try ask(module, frame, fill: 0x5a).output == first.output else {
        pictures += 1
        return faults.append("\(seed): two answers")
      }
      check(seed, first.output, module, header, bytes, frame: frame)
    } catch .refused {
      refusals += 1
    } catch .decoderTookTooLong {
      timeouts.append(seed)
    } catch {
      refusals += 1
      faults.append("\(seed): \(error)")
    }
  }

  private func ask(
    _ module: PixelModule, _ frame: Int, fill: UInt8?
  ) throws(ImagingError) -> (output: [UInt8], ending: ChildProcess.Ending) {
    // glibc fills new memory with the complement.
    let environment = fill.map { ["MALLOC_PERTURB_=\(~$0)"] } ?? []
    return try decoder.ask(
      file, module, argument: String(frame), count: 1, environment: environment)
  }

  /// A picture has the size of its header and of its codestream, or there is none.
  private mutating func check(
    _ seed: UInt64, _ output: [UInt8], _ module: PixelModule, _ header: DICOMFile,
    _ bytes: [UInt8], frame: Int
  ) {
    guard
      let frames = try? DecoderAnswer(output, .exited(0)).frames(
        matching: module, frame..<frame + 1),
      let picture = frames.first
    else { return refusals += 1 }
    pictures += 1
    let size = (rows: header.dataSet.integer(.rows), columns: header.dataSet.integer(.columns))
    if picture.rows != size.rows || picture.columns != size.columns
      || picture.values.count != picture.rows * picture.columns * picture.samples
    {
      faults.append("\(seed): not the header's size")
    }
    guard let fragments = header.pixels?.fragments, fragments.count == module.frames,
      header.transferSyntax != .deflatedExplicitLittleEndian,
      let stated = Self.size(of: bytes[fragments[frame]])
    else { return }
    if stated != (picture.rows, picture.columns) {
      faults.append("\(seed): not the codestream's size")
    }
  }

  /// Rows and columns that a JPEG, JPEG-LS or JPEG 2000 frame states; nil for others.
  private static func size(of frame: ArraySlice<UInt8>) -> (Int, Int)? {
    let frame = Array(frame)
    func word(_ place: Int) -> Int {
      place + 1 < frame.count ? Int(frame[place]) << 8 | Int(frame[place + 1]) : 0
    }
    func long(_ place: Int) -> Int { word(place) << 16 | word(place + 2) }
    if word(0) == 0xff4f, word(2) == 0xff51 {
      return (long(12) - long(20), long(8) - long(16))
    }
    guard word(0) == 0xffd8 else { return nil }
    var place = 2
    while place < frame.count {
      let marker = word(place)
      if marker == 0xffff {
        place += 1
        continue
      }
      if (0xffc0...0xffcf).contains(marker) && ![0xffc4, 0xffc8, 0xffcc].contains(marker)
        || marker == 0xfff7
      {
        return (word(place + 5), word(place + 7))
      }
      place += 2 + max(word(place + 2), 2)
    }
    return nil
  }
}
