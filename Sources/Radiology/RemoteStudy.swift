/// A study as an archive describes it, without its pictures: a prior to look at, or one to fetch.
///
/// Texts are the archive's own; whoever draws one sanitises it first.
/// Source: PS3.18 table 10.6.3-3, the answer of a QIDO-RS search for studies.
public struct RemoteStudy: Codable, Sendable, Hashable, Identifiable {
  /// Study Instance UID (0020,000D).
  public let uid: String
  /// Name of the archive that said so, as the configuration calls it.
  public let source: String
  /// Patient ID (0010,0020); may be empty.
  public let patientIdentifier: String
  /// Issuer of Patient ID (0010,0021); empty where the archive does not say.
  public let patientIssuer: String
  /// Patient's Name (0010,0010), value representation PN; may be empty.
  public let patientName: String
  /// Accession Number (0008,0050); may be empty.
  public let accession: String
  /// Study Date (0008,0020) as `YYYYMMDD`, where it is known.
  public let date: String?
  /// Study Time (0008,0030) as `HHMMSS…`, where it is known.
  public let time: String?
  /// Study Description (0008,1030).
  public let description: String
  /// Modalities in Study (0008,0061), for example `DX` and `SR`, in the archive's order.
  public let modalities: [String]
  /// Number of Study Related Instances (0020,1208), where the archive counts them.
  public let instances: Int?

  public var id: String { uid }

  public init(
    uid: String, source: String, patientIdentifier: String = "", patientIssuer: String = "",
    patientName: String = "", accession: String = "", date: String? = nil, time: String? = nil,
    description: String = "", modalities: [String] = [], instances: Int? = nil
  ) {
    self.uid = uid
    self.source = source
    self.patientIdentifier = patientIdentifier
    self.patientIssuer = patientIssuer
    self.patientName = patientName
    self.accession = accession
    self.date = date
    self.time = time
    self.description = description
    self.modalities = modalities
    self.instances = instances
  }
}

extension RemoteStudy {
  /// Whether the newer study comes first; one without a date comes last, and none is left out.
  public static func comesFirst(_ a: RemoteStudy, _ b: RemoteStudy) -> Bool {
    let left = (a.date ?? "", a.time ?? "")
    let right = (b.date ?? "", b.time ?? "")
    return left == right ? a.uid < b.uid : left > right
  }
}
