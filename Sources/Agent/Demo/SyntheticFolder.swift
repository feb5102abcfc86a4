public import Foundation
import Imaging
import Phantom
public import Radiology

/// A labelled folder of generated chests from three made-up hospitals.
///
/// The manifest says `synthetic` in every row, and so does the store that takes the pictures in.
public struct SyntheticFolder: Sendable {
  /// A picture that was just drawn.
  public struct Drawn: Sendable {
    /// The hospital's full name.
    public let hospital: String
    /// Columns and rows.
    public let side: Int
    /// Row by row from the top, 0 to 4095, bright where the body is dense.
    public let pixels: [UInt16]
    /// What is abnormal in it, in its pixels.
    public let boxes: [Manifest.Box]
  }

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
  public func write(progress: @escaping @Sendable (Drawn, Int, Int) -> Void) async throws {
    let orders = orders()
    try make(folder)
    for hospital in Hospital.examples { try make(folder.appending(path: hospital.site)) }
    var rows = [String?](repeating: nil, count: orders.count)
    try await withThrowingTaskGroup(of: (Int, String, Drawn).self) { group in
      var next = 0
      var done = 0
      func start() {
        guard next < orders.count else { return }
        let index = next
        group.addTask {
          let (row, drawn) = try write(orders[index])
          return (index, row, drawn)
        }
        next += 1
      }
      for _ in 0..<2 { start() }
      while let (index, row, drawn) = try await group.next() {
        rows[index] = row
        done += 1
        progress(drawn, done, orders.count)
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

  /// Writes one picture and answers its row of the manifest.
  private func write(_ order: Order) throws(AgentError) -> (row: String, drawn: Drawn) {
    let phantom = ChestPhantom(
      seed: order.seed, hospital: order.hospital, isAbnormal: order.isAbnormal)
    let name = "\(order.hospital.site)/\(order.hospital.site)-\(order.number).png"
    let greys = phantom.pixels.map { UInt8($0 >> 4) }
    let bytes: [UInt8]
    do {
      bytes = try PNGFile.encode(
        greys, columns: phantom.side, rows: phantom.side,
        comment: "SYNTHETIC image, drawn by a program: it shows nobody.")
    } catch {
      throw .notWritten(path: name, reason: "\(error)")
    }
    try write(Data(bytes), to: folder.appending(path: name))
    let boxes = phantom.lesions.map { "\($0.x0) \($0.y0) \($0.x1) \($0.y1)" }
    let row = [
      name, order.isAbnormal ? "suspicious" : "normal",
      "\(order.hospital.site)-p\(order.number)", order.hospital.site, order.part, "synthetic",
      boxes.joined(separator: ";"), "generator", "PA", "\(30 + order.number % 50)",
    ].joined(separator: ",")
    return (
      row,
      Drawn(
        hospital: order.hospital.name, side: phantom.side, pixels: phantom.pixels,
        boxes: phantom.lesions.map(Manifest.Box.init))
    )
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
