/// What outside data can get wrong about the nouns of this module.
public enum RadiologyError: Error, Equatable, CustomStringConvertible {
  /// A region has to have an area.
  case regionWithoutArea
  /// A manifest has no line that names its columns, or lacks one it cannot do without.
  case manifestLacksColumn(String)
  case manifestIsEmpty
  /// No row of a manifest could be used; the last complaint says why, and `leftOut` by file.
  case manifestHasNoUsableRow(complaint: String, leftOut: [String: String])

  public var description: String {
    switch self {
    case .regionWithoutArea:
      "The region has no area; give x0,y0,x1,y1 with x0 < x1 and y0 < y1 in pixels."
    case .manifestLacksColumn(let name):
      "The manifest has no column “\(name)”; its first line has to name it."
    case .manifestIsEmpty:
      "The manifest is empty; its first line has to name the columns."
    case .manifestHasNoUsableRow(let complaint, _):
      "No row of the manifest can be used: \(complaint)"
    }
  }
}
