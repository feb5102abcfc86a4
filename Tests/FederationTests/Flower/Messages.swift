import Foundation
import SwiftProtobuf

@testable import Federation

/// A heading as a node of the golden message writes it.
func goldenHeading() throws -> Heading {
  try Heading(
    ProtoMetadata.with {
      $0.runID = 77
      $0.srcNodeID = 5
      $0.dstNodeID = 1
      $0.replyToMessageID = String(repeating: "a", count: 64)
      $0.createdAt = 1_764_284_400.25
      $0.ttl = 3600
      $0.messageType = "train"
      $0.dstTaskID = 9
    })
}

/// What flwr 1.41 was given for the golden names.
func goldenMessage() throws -> FleetMessage {
  let zeros = try FleetArray([0, 0, 0], shape: [3])
  let half = withUnsafeBytes(of: (0.5).bitPattern.littleEndian) { [UInt8]($0) }
  return FleetMessage(
    try goldenHeading(),
    .records([
      (
        "arrays",
        .arrays([
          ("weight", try FleetArray([1, 2, 3, 4, 5, 6], shape: [2, 3])), ("bias", zeros),
          ("bias2", zeros),
          ("scale", try FleetArray(.float64, shape: []) { Array(half[$0]) }),
        ])
      ),
      (
        "config",
        .configuration([
          ("server-round", .integer(3)), ("lr", .double(0.25)), ("on", .bool(true)),
          ("who", .text("site \"x\"")), ("raw", .bytes([0, 1])), ("list", .integers([1, -2])),
          ("names", .texts(["a", "b"])), ("neg", .integer(-7)), ("flags", .bools([true, false])),
          ("blobs", .byteLists([Array("x".utf8)])), ("dl", .doubles([0.5])),
        ])
      ),
      (
        "metrics",
        .metrics([
          ("num-examples", .integer(40)), ("loss", .double(0.5)), ("per", .doubles([0.5, 0.25])),
        ])
      ),
    ]))
}

extension DeflatedMessage {
  /// Every object on a shelf of its own.
  func shelved() throws -> MemoryShelf {
    let shelf = MemoryShelf()
    for id in tree.objects {
      guard let bytes = try content(of: id) else { throw FleetError.missing(id) }
      try shelf.keep(bytes, as: id)
    }
    return shelf
  }
}

extension FederationTransport {
  /// Sends an answer that the coordinator cannot have heard of.
  func push(_ answer: DeflatedMessage, as node: NodeID) async throws(FleetError) {
    try await push(answer, as: node, before: false)
  }
}
