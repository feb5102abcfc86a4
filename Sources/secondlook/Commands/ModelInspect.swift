import ArgumentParser
import Engine
import Foundation
import OnnxImport

/// What an ONNX file is, and whether the engine runs it.
struct ModelInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Says what an ONNX file is, and whether and how fast the engine runs it.",
    discussion: """
      Reads the file and runs it on one image of noise, with one thread and with all. What the \
      engine cannot run is listed by operator and node, and the exit status is 1. Nothing is added \
      to the store: a network of others cannot sort the worklist.
      """)

  @Argument(help: "The ONNX file.", completion: .file(extensions: ["onnx"])) var file: String
  @Option(
    help: ArgumentHelp(
      "Size of one image, such as 3x224x224, where the file leaves it open.",
      valueName: "CxHxW"))
  var size: ImageSize?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let inspection = try OnnxInspection(contentsOf: URL(filePath: file), input: size?.shape)
    var report = InspectionReport(inspection)
    if let model = inspection.model { report.pace = try Pace(of: model) }
    if json { try sayJSON(report) } else { say(report.text) }
    if !report.runs { throw ExitCode.failure }
  }
}

/// The size of an image as people write it: `1x256x256`.
struct ImageSize: ExpressibleByArgument {
  let shape: Network.Shape

  init?(argument: String) {
    let extents = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard extents.count == 3, let channels = extents[0], let height = extents[1],
      let width = extents[2], [channels, height, width].allSatisfy((1...8192).contains)
    else { return nil }
    shape = Network.Shape(channels: channels, height: height, width: width)
  }
}

/// How long one image takes here.
struct Pace: Encodable {
  let threads: Int
  /// Milliseconds with one thread, median.
  let alone: Double
  /// Milliseconds with all threads, median.
  let together: Double

  /// Nil for a network that would take minutes.
  init?(of model: OnnxModel) throws {
    guard model.network.floatingPointOperations < Self.mostOperations else { return nil }
    threads = ProcessInfo.processInfo.activeProcessorCount
    alone = try Self.milliseconds(model, threads: 1)
    together = try Self.milliseconds(model, threads: threads)
  }

  private static func milliseconds(_ model: OnnxModel, threads: Int) throws -> Double {
    let inference = try Inference(model.network, model.parameters, threads: threads)
    let image = model.network.benchImages(1)
    _ = try inference.run(image)
    var times = Times()
    let end = ContinuousClock.now + .milliseconds(500)
    repeat {
      times.add([try secondlook.milliseconds { _ = try inference.run(image) }])
    } while ContinuousClock.now < end
    return times.median
  }

  /// Multiplications and additions that a slow processor does in a minute.
  private static let mostOperations = 1_000_000_000_000

  private enum CodingKeys: String, CodingKey {
    case threads
    case alone = "one_thread_ms"
    case together = "all_threads_ms"
  }
}
