import ArgumentParser
import Foundation
import Imaging

/// Whether this machine decodes images to what they must be.
struct DecodeCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode-check",
    abstract: "Decodes a folder of images and compares them with the values they must have.",
    discussion: """
      The folder holds an index.csv with the columns file, transfer_syntax_uid, pixels, pix_min, \
      pix_max, pix_sum and pix_sha256 (of all stored values as little endian 32-bit integers). \
      Lossless files must be exact; lossy ones must have the smallest, largest and mean value of \
      the reference within 2. What is refused or wrong is listed with its reason.

      The exit status is 0 if at least 95 % of the lossless files are exact and none is wrong. \
      Nothing is added to the store.
      """)

  @Argument(help: "The folder with index.csv.", completion: .directory) var folder: String
  @Flag(help: "List every file, not only the rest.") var verbose = false
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let folder = URL(filePath: folder)
    let references = try DecodeReference.index(of: folder)
    let decoder = try PixelDecoder()
    let line = ProgressLine()
    let report = try await interruptible {
      var report = DecodeReport()
      for (index, reference) in references.enumerated() {
        try Task.checkCancellation()
        let share = Double(index) / Double(references.count)
        line.show("Decoding \(bar(share)) \(index)/\(references.count)")
        report.add(reference, DecodeVerdict(reference, in: folder, decoder))
      }
      return report
    }
    line.clear()
    if json { try sayJSON(report) } else { say(report.text(isVerbose: verbose)) }
    if !report.isGood { throw ExitCode.failure }
  }
}
