import DICOM
import Foundation
import Imaging

/// Headers a second: every file of a folder from its name to its attributes, pixels left alone.
struct HeaderBench {
  let objects: BenchObjects
  let rounds: Int
  let python: URL?
  let isCompared: Bool

  /// Medians of several rounds, in each of which everybody has a turn; files are in memory already.
  func measure() throws -> BenchFigure {
    let files = (0..<objects.count).map { objects.folder.appending(path: "\($0).dcm") }
    var times: [String: Times] = [:]
    for _ in 0..<rounds {
      times["ours", default: Times()].add([try milliseconds { try read(files) }])
      guard isCompared else { continue }
      let dump = try BenchTool.run(
        "dcmdump", ["-q", "+P", "0008,0018", "+sd", objects.folder.path], in: beside)
      times["dcmdump", default: Times()].add([dump * 1000])
      if let python { times["pydicom", default: Times()].add([try pydicom(python)]) }
    }
    let rates = times.mapValues { Double(objects.count) / $0.median * 1000 }
    return BenchFigure(
      what: "headers", unit: "per second", ours: rates["ours"] ?? 0,
      peers: rates.filter { $0.key != "ours" })
  }

  /// Where logs go: everything in the folder is read as an image.
  private var beside: URL { objects.folder.deletingLastPathComponent() }

  private func read(_ files: [URL]) throws {
    for file in files {
      let header = try DICOMFile.read(contentsOf: file)
      guard header.dataSet.uid(.sopInstanceUID) != nil, header.pixels != nil else {
        throw BenchError.failed(process: "ours", saying: "a header was not read")
      }
    }
  }

  /// Milliseconds by its own clock: starting Python is not reading headers.
  private func pydicom(_ python: URL) throws -> Double {
    let script = """
      import sys, time, glob, pydicom
      files = sorted(glob.glob(sys.argv[1] + "/*.dcm"))
      start = time.perf_counter()
      for file in files:
          pydicom.dcmread(file, stop_before_pixels=True).SOPInstanceUID
      print((time.perf_counter() - start) * 1000)
      """
    let tool = try BenchTool(python.path, ["-c", script, objects.folder.path], in: beside)
    tool.wait()
    guard let words = tool.words.split(separator: "\n").last, let time = Double(words) else {
      throw BenchError.failed(process: "pydicom", saying: tool.words)
    }
    return time
  }
}
