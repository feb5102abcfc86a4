public import Foundation

/// How soon somebody has to look: what the order or the header says, never what a model says.
public enum Priority: String, Codable, Sendable, CaseIterable, Comparable {
  case stat, urgent, routine

  /// `stat` comes before `urgent` comes before `routine`.
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}

/// Whether a patient allows a study to become a lesson; nothing is assumed.
public enum Consent: String, Codable, Sendable, CaseIterable {
  case notGiven, given, withdrawn
}

/// One examination of one patient: what a reader opens and signs.
///
/// Source: DICOM PS3.3 C.7.2.1 (General Study) with the few series attributes that decide
/// whether a model may look at it.
public struct Study: Codable, Sendable, Hashable, Identifiable {
  /// Study Instance UID (0020,000D).
  public let uid: String
  public let patient: Patient.ID
  /// Accession Number (0008,0050); may be empty.
  public let accession: String
  /// Study Date (0008,0020) as `YYYYMMDD`, where it is known.
  public let date: String?
  /// Study Time (0008,0030) as `HHMMSS…`, where it is known.
  public let time: String?
  /// Study Description (0008,1030).
  public let description: String
  /// Modality (0008,0060) of the first image series, for example `DX`; empty if unknown.
  public let modality: String
  /// Body Part Examined (0018,0015), for example `CHEST`; empty if unknown.
  public let bodyPart: String
  /// View Position (0018,5101) of the first image, for example `PA`; empty if unknown.
  public let view: String
  /// Age in whole years at the study, where it is known.
  public let age: Int?
  /// Referring Physician's Name (0008,0090).
  public let referrer: String
  public let priority: Priority
  /// Who sent its first image: an application entity, a PACS, a folder, or `import`.
  public let source: String
  /// When its first image reached this store.
  public let arrived: Date
  /// The images were generated; every screen and document has to say so.
  public let isSynthetic: Bool
  public var consent: Consent

  public var id: String { uid }

  public init(
    uid: String, patient: Patient.ID, accession: String = "", date: String? = nil,
    time: String? = nil, description: String = "", modality: String = "", bodyPart: String = "",
    view: String = "", age: Int? = nil, referrer: String = "", priority: Priority = .routine,
    source: String = "import", arrived: Date, isSynthetic: Bool = false,
    consent: Consent = .notGiven
  ) {
    self.uid = uid
    self.patient = patient
    self.accession = accession
    self.date = date
    self.time = time
    self.description = description
    self.modality = modality
    self.bodyPart = bodyPart
    self.view = view
    self.age = age
    self.referrer = referrer
    self.priority = priority
    self.source = source
    self.arrived = arrived
    self.isSynthetic = isSynthetic
    self.consent = consent
  }
}

extension Study {
  /// Modality, body part and view in one phrase, or the description where the header has none.
  public var exam: String {
    let words = [modality, bodyPart, view].filter { !$0.isEmpty }
    return words.isEmpty ? description : words.joined(separator: " ")
  }
}

/// One acquisition within a study.
///
/// Source: DICOM PS3.3 C.7.3.1.
public struct Series: Codable, Sendable, Hashable, Identifiable {
  /// Series Instance UID (0020,000E).
  public let uid: String
  public let study: Study.ID
  /// Series Number (0020,0011).
  public let number: Int?
  public let modality: String
  /// Series Description (0008,103E).
  public let description: String
  /// Laterality (0020,0060): `L`, `R` or empty.
  public let laterality: String

  public var id: String { uid }

  public init(
    uid: String, study: Study.ID, number: Int? = nil, modality: String = "",
    description: String = "", laterality: String = ""
  ) {
    self.uid = uid
    self.study = study
    self.number = number
    self.modality = modality
    self.description = description
    self.laterality = laterality
  }
}

/// One stored object of a series, or one file that could not be read and why.
public struct Instance: Codable, Sendable, Hashable, Identifiable {
  /// How the bytes under ``digest`` are to be read.
  public enum Format: String, Codable, Sendable {
    case dicom, png, unknown
    /// A DICOM object that never has a picture: a report, a presentation state.
    case document
  }

  /// SOP Instance UID (0008,0018).
  public let uid: String
  public let series: Series.ID
  public let study: Study.ID
  /// SOP Class UID (0008,0016); empty for a picture that is no DICOM object.
  public let sopClass: String
  /// Modality (0008,0060), for example `DX`; empty if unknown.
  public let modality: String
  /// Body Part Examined (0018,0015), for example `CHEST`; empty if unknown.
  public let bodyPart: String
  /// View Position (0018,5101), for example `PA`; empty if unknown.
  public let view: String
  /// Instance Number (0020,0013).
  public let number: Int?
  public let rows: Int
  public let columns: Int
  public let frames: Int
  /// Millimetres between row centres and between column centres, where known.
  public let rowSpacing: Double?
  public let columnSpacing: Double?
  public let format: Format
  /// SHA-256 of the file as it arrived, in lowercase hexadecimal; names the stored object.
  public let digest: String
  /// SHA-256 of what the file holds without how it was sent; empty where that is not known.
  ///
  /// Of a DICOM file that is neither its meta information nor, for a single image, its encoding.
  public let content: String
  public let bytes: Int
  /// Why there is no picture to show, in one sentence without patient data.
  public let refusal: String?
  /// What a reader should know of the picture.
  public let caveats: [Caveat]
  /// Who sent it: an application entity, a PACS, a folder, or `import`.
  public let source: String

  public var id: String { uid }
  /// There is a picture to show.
  public var isReadable: Bool { refusal == nil }
  /// It never has a picture, and none is missed.
  public var isDocument: Bool { format == .document }

  public init(
    uid: String, series: Series.ID, study: Study.ID, sopClass: String = "", modality: String = "",
    bodyPart: String = "", view: String = "", number: Int? = nil, rows: Int = 0, columns: Int = 0,
    frames: Int = 1, rowSpacing: Double? = nil, columnSpacing: Double? = nil, format: Format,
    digest: String, content: String = "", bytes: Int, refusal: String? = nil,
    caveats: [Caveat] = [], source: String = "import"
  ) {
    self.uid = uid
    self.series = series
    self.study = study
    self.sopClass = sopClass
    self.modality = modality
    self.bodyPart = bodyPart
    self.view = view
    self.number = number
    self.rows = rows
    self.columns = columns
    self.frames = frames
    self.rowSpacing = rowSpacing
    self.columnSpacing = columnSpacing
    self.format = format
    self.digest = digest
    self.content = content
    self.bytes = bytes
    self.refusal = refusal
    self.caveats = caveats
    self.source = source
  }
}
