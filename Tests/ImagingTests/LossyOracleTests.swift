import DICOM
import Foundation
import TestSupport
import Testing

@testable import Imaging

private let python = ProcessInfo.processInfo.environment["SECONDLOOK_ORACLES"].map {
  URL(filePath: $0).appending(path: "bin/python")
}

/// Lossy files beside other decoders (libjpeg, OpenJPEG and CharLS of pylibjpeg), pixel by pixel.
@Suite(.enabled(if: SharedFiles.hasDICOM && python != nil, "needs the DICOM files and the oracles"))
struct LossyOracleTests {
  /// Writes what pydicom decodes, as 32-bit integers, for each file that is named.
  private static let script = """
    import sys, warnings
    warnings.simplefilter("ignore")
    import pydicom
    source, target = sys.argv[1:3]
    for name in sys.argv[3:]:
        pixels = pydicom.dcmread(f"{source}/{name}").pixel_array
        open(f"{target}/{name}", "wb").write(pixels.astype("<i4").tobytes())
    """

  @Test("lossy files show the brightness that other decoders show, within 2 in every pixel")
  func brightness() async throws {
    let names = try SharedFiles.index().filter { row in
      row["pixels"] == "ok" && row["file"]?.contains("/") == false
        && TransferSyntax(uid: row["transfer_syntax_uid"] ?? "").isLossy
        && OracleTests.refused[row["file"] ?? ""] == nil
    }.compactMap { $0["file"] }
    #expect(names.count == 47)
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tool = Tool(
      executable: try #require(python),
      arguments: ["-c", Self.script, SharedFiles.dicom.path, folder.path] + names)
    let log = folder.appending(path: "log")
    #expect(try await tool.run(writingTo: log, within: .seconds(300)) == 0)

    for name in names {
      let url = SharedFiles.dicom.appending(path: name)
      let frames = try PixelDecoder().decodeAll(file: url, header: .read(contentsOf: url))
      let expected = try Data(contentsOf: folder.appending(path: name)).withUnsafeBytes {
        Array($0.bindMemory(to: Int32.self))
      }
      let ours = frames.flatMap(\.values)
      try #require(ours.count == expected.count, "\(name)")
      let difference = Self.difference(ours, expected, samples: frames[0].samples)
      #expect(difference <= 2, "\(name)")
    }
  }

  /// The largest difference in brightness of one pixel.
  ///
  /// Decoders agree in it although they spread halved colours differently.
  private static func difference(_ a: [Int32], _ b: [Int32], samples: Int) -> Double {
    let shares = samples == 3 ? [0.299, 0.587, 0.114] : [1]
    return stride(from: 0, to: a.count, by: samples).reduce(0) { largest, start in
      let sum = (0..<samples).reduce(0) { $0 + shares[$1] * Double(a[start + $1] - b[start + $1]) }
      return max(largest, abs(sum))
    }
  }
}
