/// A way to look at the worklist that has a name: what is filtered for, and in which order.
public struct WorklistView: Codable, Sendable, Hashable {
  public var name: String
  public var filter: String
  public var sort: WorklistSort

  public init(_ name: String, _ filter: String, sort: WorklistSort = .triage) {
    self.name = name
    self.filter = filter
    self.sort = sort
  }

  /// The views everybody has.
  public static func all(for reader: String) -> [WorklistView] {
    // A quotation mark cannot be quoted in a filter.
    let name = reader.replacing("\"", with: " ").lowercased()
    return [
      WorklistView("all", ""), WorklistView("mine", "reader:\"\(name)\" state:unsigned"),
      WorklistView("suspicious", "class:suspicious state:unsigned"),
      WorklistView("normal with a region", "class:again state:unsigned"),
      WorklistView("ruled out", "class:normal regions=0 state:unsigned"),
      WorklistView("not judged", "class:refused state:unsigned"),
      WorklistView("second look", "second:open"),
      WorklistView("signed today", "signed:today"),
    ]
  }
}
