/// What somebody asked for: one scheduled step of a requested procedure.
///
/// Texts are the worklist's own; whoever draws one sanitises it first.
/// Source: PS3.4 table K.6-1, the attributes of the Modality Worklist.
public struct Order: Codable, Sendable, Hashable {
  /// Accession Number (0008,0050); may be empty.
  public let accession: String
  /// Patient ID (0010,0020); may be empty.
  public let patientIdentifier: String
  /// Issuer of Patient ID (0010,0021); may be empty.
  public let patientIssuer: String
  /// Patient's Name (0010,0010), value representation PN.
  public let patientName: String
  /// Patient's Birth Date (0010,0030) as `YYYYMMDD`, where it is known.
  public let birthDate: String?
  /// Patient's Sex (0010,0040): `M`, `F` or `O`, where it is known.
  public let sex: String?
  /// Requested Procedure Description (0032,1060); may be empty.
  public let procedure: String
  /// Requested Procedure ID (0040,1001); may be empty.
  public let procedureID: String
  /// Code of the requested procedure (0032,1064), where there is one.
  public let code: Code?
  /// Requested Procedure Priority (0040,1003).
  public let priority: Priority
  /// Modality (0008,0060) of the scheduled step, for example `DX`; may be empty.
  public let modality: String
  /// Scheduled Procedure Step Start Date (0040,0002) as `YYYYMMDD`, where it is known.
  public let scheduledDate: String?
  /// Scheduled Procedure Step Start Time (0040,0003) as `HHMMSS…`, where it is known.
  public let scheduledTime: String?
  /// Scheduled Station AE Title (0040,0001); may be empty.
  public let station: String
  /// Study Instance UID (0020,000D) that the images will carry, where the worklist gives one.
  public let study: Study.ID?
  /// Name of the worklist that said so.
  public let source: String

  /// A coded procedure.
  ///
  /// Source: PS3.3 8.8: Code Value, Coding Scheme Designator, Code Meaning.
  public struct Code: Codable, Sendable, Hashable {
    public let value: String
    public let scheme: String
    public let meaning: String

    public init(value: String, scheme: String, meaning: String) {
      self.value = value
      self.scheme = scheme
      self.meaning = meaning
    }
  }

  public init(
    accession: String = "", patientIdentifier: String = "", patientIssuer: String = "",
    patientName: String = "", birthDate: String? = nil, sex: String? = nil,
    procedure: String = "", procedureID: String = "", code: Code? = nil,
    priority: Priority = .routine, modality: String = "", scheduledDate: String? = nil,
    scheduledTime: String? = nil, station: String = "", study: Study.ID? = nil, source: String
  ) {
    self.accession = accession
    self.patientIdentifier = patientIdentifier
    self.patientIssuer = patientIssuer
    self.patientName = patientName
    self.birthDate = birthDate
    self.sex = sex
    self.procedure = procedure
    self.procedureID = procedureID
    self.code = code
    self.priority = priority
    self.modality = modality
    self.scheduledDate = scheduledDate
    self.scheduledTime = scheduledTime
    self.station = station
    self.study = study
    self.source = source
  }
}

extension Priority {
  /// The priority that an order's word asks for; a word nobody defined is routine.
  ///
  /// Source: PS3.3 C.4.11, Requested Procedure Priority (0040,1003): STAT, HIGH, ROUTINE, MEDIUM,
  /// LOW.
  public init(requested word: String) {
    switch word.uppercased() {
    case "STAT": self = .stat
    case "HIGH": self = .urgent
    default: self = .routine
    }
  }
}
