public import Foundation
import Imaging
import Phantom
import Radiology

/// A labelled folder of generated chests from three made-up hospitals.
///
/// The manifest says `synthetic` in every row, and so does the store that takes the pictures in.
public struct SyntheticFolder: Sendable {
  public let folder: URL
  private let seed: UInt64

  /// How many pictures a hospital has: uneven, as hospitals are.
  private static let sizes: [(train: Int, validation: Int)] = [(160, 40), (110, 40), (70, 40)]

  public init(folder: URL, seed: UInt64) {
    self.folder = folder
    self.seed = seed
  }

  /// Generates the pictures, on all processors, and writes them with their manifest.
  ///
  /// - Throws: ``AgentError/notWritten(path:reason:)``, `CancellationError`.
  public func write(progress: @escaping @Sendable (Int, Int) -> Void) async throws {
    let orders = orders()
    try make(folder)
    for hospital in Hospital.examples { try make(folder.appending(path: hospital.site)) }
    var rows = [String?](repeating: nil, count: orders.count)
    try await withThrowingTaskGroup(of: (Int, String).self) { group in
      var next = 0
      var done = 0
      func start() {
        guard next < orders.count else { return }
        let index = next
        group.addTask { (index, try write(orders[index])) }
        next += 1
      }
      for _ in 0..<2 { start() }
      while let (index, row) = try await group.next() {
        rows[index] = row
        done += 1
        progress(done, orders.count)
        try Task.checkCancellation()
        start()
      }
    }
    let header = "file,label,patient,site,split,source,boxes,label_source,view,age"
    let text = ([header] + rows.compactMap(\.self)).joined(separator: "\n") + "\n"
    try write(Data(text.utf8), to: folder.appending(path: "manifest.csv"))
  }

  /// One picture to make.
  private struct Order: Sendable {
    let hospital: Hospital
    let number: Int
    let part: String
    let seed: UInt64
    var isAbnormal: Bool { number % 2 == 0 }
  }

  private func orders() -> [Order] {
    var orders: [Order] = []
    for (place, (hospital, size)) in zip(Hospital.examples, Self.sizes).enumerated() {
      for number in 0..<(size.train + size.validation) {
        orders.append(
          Order(
            hospital: hospital, number: number, part: number < size.train ? "train" : "val",
            seed: seed &+ UInt64(place * 100_000 + number)))
      }
    }
    return orders
  }

  private func write(_ order: Order) throws(AgentError) -> String {
    let phantom = ChestPhantom(
      seed: order.seed, hospital: order.hospital, isAbnormal: order.isAbnormal)
    let name = "\(order.hospital.site)/\(order.hospital.site)-\(order.number).png"
    let greys = phantom.pixels.map { UInt8($0 >> 4) }
    let bytes: [UInt8]
    do { bytes = try PNGFile.encode(greys, columns: phantom.side, rows: phantom.side) } catch {
      throw .notWritten(path: name, reason: "\(error)")
    }
    try write(Data(bytes), to: folder.appending(path: name))
    let boxes = phantom.lesions.map { "\($0.x0) \($0.y0) \($0.x1) \($0.y1)" }
    return [
      name, order.isAbnormal ? "suspicious" : "normal",
      "\(order.hospital.site)-p\(order.number)", order.hospital.site, order.part, "synthetic",
      boxes.joined(separator: ";"), "generator", "PA", "\(30 + order.number % 50)",
    ].joined(separator: ",")
  }

  private func make(_ folder: URL) throws(AgentError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .notWritten(path: folder.path, reason: "check its permissions and free space")
    }
  }

  private func write(_ bytes: Data, to place: URL) throws(AgentError) {
    do { try bytes.write(to: place) } catch {
      throw .notWritten(path: place.path, reason: "check its permissions and free space")
    }
  }
}
