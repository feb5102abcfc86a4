public import Foundation

/// What makes a document one of its own: nothing in here is made up while it is written.
///
/// Two documents with the same identity and the same content are the same bytes.
public struct DocumentIdentity: Sendable, Hashable {
  /// SOP Instance UID of the document.
  public let instance: String
  /// Series Instance UID, one per study for all its documents.
  public let series: String
  /// Instance Number (0020,0013), counted from 1.
  public let number: Int
  public let made: Date
  /// For the dates and times in the document.
  public let timeZone: TimeZone
  /// Earlier versions, the oldest first.
  public let predecessors: [Predecessor]

  /// An earlier version of a document, in the same study.
  public struct Predecessor: Sendable, Hashable {
    public let instance: String
    public let series: String

    public init(instance: String, series: String) {
      self.instance = instance
      self.series = series
    }
  }

  public init(
    instance: String, series: String, number: Int = 1, made: Date, timeZone: TimeZone = .current,
    predecessors: [Predecessor] = []
  ) {
    self.instance = instance
    self.series = series
    self.number = number
    self.made = made
    self.timeZone = timeZone
    self.predecessors = predecessors
  }
}

/// The installation that makes documents: their equipment and their device observer.
public struct Station: Sendable, Hashable {
  /// Device Observer UID: the same for as long as the installation lives.
  public let uid: String
  /// For example the host's name.
  public let name: String
  public let serialNumber: String
  /// Of this program.
  public let version: String
  /// The hospital or department; empty if nobody has said.
  public let organization: String

  public init(
    uid: String, name: String, serialNumber: String, version: String, organization: String = ""
  ) {
    self.uid = uid
    self.name = name
    self.serialNumber = serialNumber
    self.version = version
    self.organization = organization
  }

  static let manufacturer = "SecondLook project"
  static let model = "SecondLook"
}

extension Date {
  /// `YYYYMMDD` and `HHMMSS` in a time zone, as value representations DA and TM have them.
  func dicom(in timeZone: TimeZone) -> (date: String, time: String) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: self)
    func digits(_ value: Int?, _ count: Int) -> String {
      let text = String(value ?? 0)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return (
      digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2),
      digits(parts.hour, 2) + digits(parts.minute, 2) + digits(parts.second, 2)
    )
  }
}
