import DICOM
import Foundation
import TestSupport
import Testing

@testable import Imaging

/// Files that lie about everything, made from real ones.
///
/// By hand, `SECONDLOOK_FUZZ=1000000,50000` runs so many through the parser and through the jail,
/// from the seed `SECONDLOOK_FUZZ_SEED` on (0 if there is none). A seed that is reported fails again
/// with `SECONDLOOK_FUZZ=1,1` and itself as that seed.
@Suite(.enabled(if: SharedFiles.hasDICOM, "needs the shared DICOM files"))
struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  /// How many mutants somebody wants by hand: for the parser, for the jail.
  private static let wanted = (environment["SECONDLOOK_FUZZ"] ?? "100,10").split(separator: ",")
    .compactMap { Int($0) }
  private static let seed = UInt64(environment["SECONDLOOK_FUZZ_SEED"] ?? "") ?? 0

  /// Parses mutants and asks them for everything.
  private func parse(_ seeds: Range<UInt64>, _ mutator: Mutator, _ watchdog: Watchdog) -> Int {
    var parsed = 0
    for seed in seeds {
      watchdog.begin(seed)
      let bytes = mutator.mutant(seed)
      let whole = Result { () throws(DICOMError) in
        try DICOMFile.read(bytes) { try Zlib.inflate($0) }
      }
      let pieces = Result { () throws(DICOMError) in
        try DICOMFile.read(size: bytes.count) {
          try Zlib.inflate($0)
        } piece: {
          Array(bytes[$0])
        }
      }
      #expect(whole == pieces, "seed \(seed)")
      guard let file = try? whole.get() else { continue }
      parsed += 1
      if let pixels = file.pixels, !pixels.isTruncated,
        file.transferSyntax != .deflatedExplicitLittleEndian
      {
        #expect(pixels.offset + pixels.length <= bytes.count, "seed \(seed)")
      }
      HeaderExercise.run(file)
    }
    return parsed
  }

  @Test("20,000 mutants of real files give a data set or a reason", arguments: 0..<20)
  func parser(part: UInt64) throws {
    let watchdog = Watchdog(limit: .seconds(60))
    defer { watchdog.stop() }
    let parsed = parse(part * 1_000..<(part + 1) * 1_000, try Mutator(), watchdog)
    // If all were refused at once, nothing would be tested.
    #expect(parsed > 200)
  }

  @Test(
    "3,000 mutants give the jail no picture that differs from its header, and no two answers",
    arguments: 0..<2)
  func jail(part: UInt64) async throws {
    // A thread of its own: it waits for another program most of the time.
    let run = try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            var run = try JailRun(Mutator())
            _ = try run.decode(1_500, from: part * 1_000_000)
            return run
          })
      }
    }
    #expect(run.faults.isEmpty)
    #expect(run.timeouts.isEmpty)
    #expect(run.pictures > 200)
    print("jail: \(run.summary)")
  }

  @Test("by hand, as many mutants as somebody asked for; else a few")
  func long() throws {
    let mutator = try Mutator()
    let watchdog = Watchdog(limit: .seconds(60))
    var parsed = 0
    let (first, step) = (Self.seed, UInt64(1_000))
    let last = first + UInt64(Self.wanted[0])
    for start in stride(from: first, to: last, by: Int(step)) {
      parsed += parse(start..<min(start + step, last), mutator, watchdog)
      report("parser: up to seed \(min(start + step, last)), \(parsed) parsed")
    }
    watchdog.stop()
    var run = try JailRun(mutator)
    _ = try run.decode(Self.wanted[1], from: first) { run, seed in
      if seed % 1_000 == 0 { report("jail: up to seed \(seed), \(run.summary)") }
    }
    report("jail: \(run.summary)")
    #expect(run.faults.isEmpty)
    #expect(run.timeouts.isEmpty)
  }

  private func report(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}

extension JailRun {
  var summary: String {
    let broken = crashes.map { "\($0.seed) by signal \($0.signal)" }.joined(separator: ", ")
    return "\(pictures) pictures, \(refusals) refusals, \(timeouts.count) out of time, "
      + "\(crashes.count) broken decoders (\(broken)), \(faults.count) faults"
  }
}
