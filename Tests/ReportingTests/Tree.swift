import DICOM

/// A structured report's nodes by their concept name's code value.
struct Tree {
  let root: DataSet

  init(_ root: DataSet) { self.root = root }

  func nodes(named code: String) -> [DataSet] { Self.nodes(named: code, below: root) }

  private static func nodes(named code: String, below node: DataSet) -> [DataSet] {
    node.items(.contentSequence).flatMap { child in
      let name = child.items(.conceptNameCodeSequence).first?.string(.codeValue)
      return (name == code ? [child] : []) + nodes(named: code, below: child)
    }
  }

  func codes(named code: String) -> [String] {
    nodes(named: code).compactMap {
      $0.items(.conceptCodeSequence).first?.string(.codeValue)
    }
  }

  func texts(named code: String) -> [String] {
    nodes(named: code).compactMap { $0.string(.textValue) ?? $0.string(.personName) }
  }

  func uids(named code: String) -> [String] { nodes(named: code).compactMap { $0.uid(.uid) } }

  func numbers(named code: String) -> [Double] {
    nodes(named: code).compactMap {
      $0.items(.measuredValueSequence).first?.decimal(.numericValue)
    }
  }
}
