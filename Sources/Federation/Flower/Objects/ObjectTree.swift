import SwiftProtobuf

/// Which objects a message is made of, and which stands on which.
public struct ObjectTree: Sendable, Equatable {
  public let id: ObjectID
  public let children: [ObjectTree]

  init(id: ObjectID, children: [ObjectTree] = []) {
    self.id = id
    self.children = children
  }

  /// Every object once, those that others stand on first.
  public var objects: [ObjectID] {
    var seen: Set<ObjectID> = []
    var order: [ObjectID] = []
    collect(into: &order, &seen)
    return order
  }

  private func collect(into order: inout [ObjectID], _ seen: inout Set<ObjectID>) {
    for child in children { child.collect(into: &order, &seen) }
    if seen.insert(id).inserted { order.append(id) }
  }
}

extension ObjectTree {
  /// Reads a tree of somebody else's.
  ///
  /// - Throws: ``FleetError/malformed(_:)`` and ``FleetError/tooMuch(_:limit:)``.
  init(_ tree: ProtoObjectTree) throws(FleetError) {
    var count = 0
    try self.init(tree, depth: 1, count: &count)
  }

  private init(
    _ tree: ProtoObjectTree, depth: Int, count: inout Int
  ) throws(FleetError) {
    count += 1
    guard count <= FleetLimits.mostObjects else {
      throw .tooMuch("objects of a message", limit: FleetLimits.mostObjects)
    }
    guard depth <= FleetLimits.deepestTree else {
      throw .tooMuch("levels of a message", limit: FleetLimits.deepestTree)
    }
    guard let id = ObjectID(tree.objectID) else { throw .malformed("an object has no name") }
    self.id = id
    var children: [ObjectTree] = []
    for child in tree.children {
      children.append(try ObjectTree(child, depth: depth + 1, count: &count))
    }
    self.children = children
  }

  var proto: ProtoObjectTree {
    .with {
      $0.objectID = id.description
      $0.children = children.map(\.proto)
    }
  }
}
