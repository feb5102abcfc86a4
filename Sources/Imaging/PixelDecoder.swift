public import DICOM
public import Foundation
import Glibc

/// Decodes pixels in a program of its own, so that hostile files meet no codec in this one.
///
/// Every image has a fresh process, jailed by seccomp, with a limit on time and output. What it
/// says about the image is compared with our own reading of the header: where the two disagree,
/// the file is refused.
public struct PixelDecoder: Sendable {
  /// Wall-clock seconds for one image.
  public static let timeLimit = 60

  /// The decoder program.
  public let program: URL
  private let seconds: Int

  /// Finds the decoder: `SECONDLOOK_DICOM`, beside this program, or in its `../libexec`.
  ///
  /// - Throws: ``ImagingError/decoderMissing`` if none of these may be run.
  public init() throws(ImagingError) {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    var places = [
      own.appending(path: "secondlook-dicom"),
      own.deletingLastPathComponent().appending(path: "libexec/secondlook-dicom"),
    ]
    if let named = ProcessInfo.processInfo.environment["SECONDLOOK_DICOM"], !named.isEmpty {
      // Who names a decoder means that one: a wrong name must not fall back to another.
      places = [URL(filePath: named)]
    }
    guard let found = places.first(where: { access($0.path, X_OK) == 0 }) else {
      throw .decoderMissing
    }
    self.init(program: found, seconds: Self.timeLimit)
  }

  init(program: URL, seconds: Int) {
    self.program = program
    self.seconds = seconds
  }

  /// Decodes one frame, counted from 0.
  ///
  /// Blocks until it is done: call it off the main actor.
  public func decode(
    file: URL, header: DICOMFile, frame: Int = 0
  ) throws(ImagingError) -> StoredFrame {
    let module = try PixelModule(header)
    guard (0..<module.frames).contains(frame) else { throw .noSuchFrame(frame) }
    let frames = try run(file, module, argument: String(frame), frames: frame..<frame + 1)
    guard let only = frames.first else { throw .decoderFailed }
    return only
  }

  /// Decodes all frames; meant for checks, as all of them are in memory at once.
  public func decodeAll(file: URL, header: DICOMFile) throws(ImagingError) -> [StoredFrame] {
    let module = try PixelModule(header)
    return try run(file, module, argument: "all", frames: 0..<module.frames)
  }

  private func run(
    _ file: URL, _ module: PixelModule, argument: String, frames: Range<Int>
  ) throws(ImagingError) -> [StoredFrame] {
    let (output, ending) = try ask(file, module, argument: argument, count: frames.count)
    return try DecoderAnswer(output, ending).frames(matching: module, frames)
  }

  /// What the program writes about so many frames of a file, and how it ends.
  func ask(
    _ file: URL, _ module: PixelModule, argument: String, count: Int, environment: [String] = []
  ) throws(ImagingError) -> (output: [UInt8], ending: ChildProcess.Ending) {
    let frameSize = module.rows * module.columns * module.samples * module.bytesPerSample
    let (size, isTooLarge) = frameSize.multipliedReportingOverflow(by: count)
    guard !isTooLarge, size <= 1 << 30 else { throw .refused(reason: "all frames are too much") }
    let child = try ChildProcess(
      program, arguments: ["decode", argument], environment: environment, input: file)
    // A refusal is longer than the smallest image.
    let limit = max(size + DecoderAnswer.headerSize, 1_024)
    let output = try child.readOutput(limit: limit, within: .seconds(seconds))
    return (output, child.wait())
  }
}
