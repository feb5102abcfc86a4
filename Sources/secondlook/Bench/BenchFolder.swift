import Engine
import Foundation

/// A temporary folder with a network, its weights and some images, for everybody who is measured.
///
/// `network.json` is a `Network`, `parameters.json` says names and shapes of the arrays that follow
/// one another in `parameters.f32`, and `images.f32` holds the images; numbers are little-endian.
struct BenchFolder {
  let url: URL
  private let leftover: UUID?

  /// Writes a new one.
  init(_ network: Network, _ parameters: Parameters, images: [Float]) throws {
    url = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
    leftover = Leftovers.add { [url] in try? FileManager.default.removeItem(at: url) }
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try JSONEncoder().encode(network).write(to: file("network.json"))
    let shapes = parameters.entries.map { Entry(name: $0.name, shape: $0.shape) }
    try JSONEncoder().encode(shapes).write(to: file("parameters.json"))
    try Self.bytes(parameters.entries.flatMap(\.values)).write(to: file("parameters.f32"))
    try Self.bytes(images).write(to: file("images.f32"))
  }

  /// Uses one that is there.
  init(at url: URL) {
    self.url = url
    leftover = nil
  }

  func remove() {
    try? FileManager.default.removeItem(at: url)
    if let leftover { Leftovers.forget(leftover) }
  }

  func network() throws -> Network {
    try JSONDecoder().decode(Network.self, from: Data(contentsOf: file("network.json")))
  }

  /// Array after array, straight to where it stays.
  func parameters() throws -> Parameters {
    let shapes = try JSONDecoder().decode(
      [Entry].self, from: Data(contentsOf: file("parameters.json")))
    let path = file("parameters.f32").path(percentEncoded: false)
    guard let values = fopen(path, "r") else {
      throw BenchError.failed(process: "ours", saying: "no weights")
    }
    defer { fclose(values) }
    setvbuf(values, nil, _IONBF, 0)
    return Parameters(
      entries: try shapes.map { entry in
        try .init(name: entry.name, shape: entry.shape) { (room) throws(BenchError) in
          guard fread(room.baseAddress, 1, room.count, values) == room.count else {
            throw .failed(process: "ours", saying: "the weights end too early")
          }
        }
      })
  }

  func images() throws -> [Float] { Self.floats(try Data(contentsOf: file("images.f32"))) }

  func file(_ name: String) -> URL { url.appending(path: name) }

  private struct Entry: Codable {
    let name: String
    let shape: [Int]
  }

  private static func bytes(_ values: [Float]) -> Data {
    values.withUnsafeBufferPointer { Data(buffer: $0) }
  }

  private static func floats(_ data: Data) -> [Float] {
    data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}
