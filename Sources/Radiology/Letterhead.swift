/// Who a report comes from, as a site wants it at the head of its pages.
public struct Letterhead: Sendable, Hashable {
  /// For example `Example Hospital`; empty if nobody has said.
  public let name: String
  public let department: String
  /// Line by line.
  public let address: [String]
  public let phone: String

  public init(
    name: String = "", department: String = "", address: [String] = [], phone: String = ""
  ) {
    self.name = name
    self.department = department
    self.address = address
    self.phone = phone
  }

  /// A site that has said nothing of itself.
  public static let none = Letterhead()

  /// Name and department on one line.
  public var fullName: String {
    [name, department].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
