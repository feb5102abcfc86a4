import Crypto
import DICOM
public import Foundation
public import Radiology
import Reporting
public import Store
import Triage

/// A finished document.
public struct Document: Sendable {
  public let fileName: String
  public let bytes: Data
  /// SHA-256, lowercase hexadecimal.
  public let digest: String

  init(fileName: String, bytes: Data) {
    self.fileName = fileName
    self.bytes = bytes
    digest = SHA256.hash(data: bytes).hexadecimal
  }

  /// Writes the document whole or not at all, readable by its owner alone.
  ///
  /// A folder that has to be made is its owner's alone too; one that is there stays as it is.
  /// - Returns: where it lies.
  /// - Throws: ``AgentError/notWritten(path:reason:)``.
  @discardableResult
  public func write(into folder: URL) throws(AgentError) -> URL {
    let place = folder.appending(path: fileName)
    do {
      if !FileManager.default.fileExists(atPath: folder.path) { try PrivateFolder.make(folder) }
      try DurableFile.write(bytes, to: place)
      return place
    } catch StoreError.diskFull {
      throw .notWritten(path: place.path, reason: "the disk is full")
    } catch {
      throw .notWritten(path: place.path, reason: "check that the folder may be written")
    }
  }
}

/// Makes documents of what the store holds.
public struct Exporter: Sendable {
  private let store: Store
  private let limits: ModelLimits
  let pictures: PictureShelf
  private let codes: CodeTable
  private let station: Station
  let letterhead: Letterhead

  /// Reads the code table once; without it nothing can be exported.
  public init(
    store: Store, shelf: ModelShelf, pictures: PictureShelf, assets: URL,
    letterhead: Letterhead = .none
  ) throws {
    self.letterhead = letterhead
    self.store = store
    limits = ModelLimits(shelf)
    self.pictures = pictures
    codes = try CodeTable(folder: assets)
    station = try Self.station(of: store, organization: letterhead.fullName)
  }

  /// The page a clinician would print, of the newest version.
  public func text(of study: Study.ID) throws -> String {
    TextReport.render(
      try dossier(of: study, report: try store.report(of: study)), letterhead: letterhead)
  }

  /// The newest signed version; until there is one what was let out last, or else the draft.
  public func document(of study: Study.ID, format: ExportFormat, at date: Date) throws -> Document {
    let report = try store.given(of: study)?.report ?? store.report(of: study)
    return try document(of: study, report: report, format: format, at: date)
  }

  /// One form of a report that was given, signed or let out before; none where the form draws
  /// regions and nothing can be drawn.
  ///
  /// - Throws: ``AgentError/notSigned`` for one that was not given.
  public func document(of report: Report, format: ExportFormat) throws -> Document? {
    guard let given = report.given else { throw AgentError.notSigned }
    do {
      return try document(of: report.study, report: report, format: format, at: given)
    } catch let error as ReportingError where error.meansNoSuchForm {
      return nil
    }
  }

  private func document(
    of study: Study.ID, report: Report?, format: ExportFormat, at date: Date
  ) throws -> Document {
    let dossier = try dossier(of: study, report: report)
    let version = report?.version ?? 0
    let name = "\(study)-\(report?.state == .preliminary ? "p" : "v")\(version)"
    switch format {
    case .text:
      return Document(
        fileName: "\(name).txt",
        bytes: Data(TextReport.render(dossier, letterhead: letterhead).utf8))
    case .sr:
      let bytes = try dossier.structuredReport(
        of: sources(dossier.instances), as: identity(of: dossier, format, at: date), by: station,
        codes: codes)
      return Document(fileName: "\(name).dcm", bytes: Data(bytes))
    case .gsps:
      let bytes = try dossier.presentationState(
        of: sources(dossier.instances), as: identity(of: dossier, format, at: date), by: station)
      return Document(fileName: "\(name)-gsps.dcm", bytes: Data(bytes))
    case .kos:
      let bytes = try dossier.keyObjectSelection(
        of: sources(dossier.instances), as: identity(of: dossier, format, at: date), by: station,
        codes: codes)
      return Document(fileName: "\(name)-kos.dcm", bytes: Data(bytes))
    case .fhir:
      // The twin of the structured report of the same version, under its identity.
      let bytes = try dossier.fhirDocument(
        of: sources(dossier.instances), as: identity(of: dossier, .sr, at: date), by: station,
        letterhead: letterhead, codes: codes)
      return Document(fileName: "\(name).json", bytes: bytes)
    case .hl7:
      let bytes = try dossier.resultMessage(
        of: sources(dossier.instances), as: identity(of: dossier, .sr, at: date), by: station,
        codes: codes)
      return Document(fileName: "\(name).hl7", bytes: bytes)
    case .pdf:
      let made = try identity(of: dossier, .sr, at: date).made
      return Document(fileName: "\(name).pdf", bytes: try pdf(of: dossier, made: made))
    case .sc:
      let image = try dossier.firstKeyImage()
      let bytes = try dossier.secondaryCapture(
        of: sources(dossier.instances), showing: painted(image, of: dossier),
        as: identity(of: dossier, format, at: date), by: station)
      return Document(fileName: "\(name)-sc.dcm", bytes: Data(bytes))
    case .pdfDicom:
      let identity = try identity(of: dossier, format, at: date)
      let bytes = try dossier.encapsulated(
        pdf: [UInt8](pdf(of: dossier, made: identity.made)), of: sources(dossier.instances),
        as: identity, by: station)
      return Document(fileName: "\(name)-pdf.dcm", bytes: Data(bytes))
    }
  }

  /// Names a DICOM object of a study; what says the same is named the same, whenever it is made.
  ///
  /// `date` counts where nobody has said anything of the study.
  private func identity(
    of dossier: Dossier, _ format: ExportFormat, at date: Date
  ) throws -> DocumentIdentity {
    let (study, report) = (dossier.study.uid, dossier.report)
    let earlier = try report.map(predecessors) ?? []
    // A draft is as old as the last word in it.
    let said = [report?.changed, dossier.review?.changed, dossier.triage?.made].compactMap(\.self)
    let made = report?.given ?? said.max() ?? date
    return DocumentIdentity(
      instance: uid(study, report?.version ?? 0, made, format),
      series: series(study, report, format), number: earlier.count + 1, made: made,
      predecessors: earlier.map {
        DocumentIdentity.Predecessor(
          instance: uid(study, $0.version, $0.given ?? date, format),
          series: series(study, $0, format))
      })
  }

  /// What was let out of a study before a report, the oldest first; a draft follows nothing.
  private func predecessors(of report: Report) throws -> [Report] {
    guard report.isGiven else { return [] }
    let given = try store.preliminaries(of: report.study).map(\.report)
    guard report.isSigned else { return given.filter { $0.version < report.version } }
    let signed = try store.reports(of: report.study).filter(\.isSigned)
    return given + signed.filter { $0.version < report.version }
  }

  private func dossier(of study: Study.ID, report: Report?) throws -> Dossier {
    guard let study = try store.study(study), let patient = try store.patient(of: study.uid) else {
      throw StoreError.notFound
    }
    let triage = try store.triage(of: study.uid)
    let version = try triage?.model.flatMap { try store.model($0) }
    let limits = try version.map { try self.limits[$0.id] } ?? []
    // What was given says what it was given with, whatever is decided for the next version.
    let review =
      if let report, report.isSigned {
        try store.review(of: study.uid, version: report.version)
      } else if let report, report.state == .preliminary {
        try store.preliminaries(of: study.uid).first { $0.report == report }?.review
      } else {
        try store.review(of: study.uid)
      }
    let instances = try store.instances(of: study.uid)
    return try Dossier(
      study: study, patient: patient, instances: instances, triage: triage, review: review,
      report: report, model: version, limits: limits,
      orientations: pictures.orientations(of: instances), order: store.order(of: study.uid))
  }

  private func sources(_ instances: [Instance]) throws -> [SourceImage] {
    try instances.map { instance in
      SourceImage(
        instance: instance,
        header: instance.format == .dicom ? try pictures.header(of: instance).dataSet : nil)
    }
  }

  /// One for each form and, as its description tells them apart, for what is given, what is let
  /// out before and what nobody has: a series is described once.
  private func series(_ study: Study.ID, _ report: Report?, _ format: ExportFormat) -> String {
    let standing =
      switch report {
      case let report? where report.isSigned: ""
      case let report? where report.isGiven: " preliminary"
      default: " unsigned"
      }
    return derived("\(study) documents\(format.suffix)\(standing)")
  }

  private func uid(
    _ study: Study.ID, _ version: Int, _ made: Date, _ format: ExportFormat
  ) -> String {
    derived("\(study) \(version) \(made.timeIntervalSince1970)\(format.suffix)")
  }

  /// The same identifier for the same words, so that exporting twice makes no second document.
  private func derived(_ words: String) -> String {
    Radiology.UID.make(
      digest: SHA256.hash(data: Data(words.utf8)).hexadecimal, role: .document)
  }

  /// Who writes: made up once for a store, and kept.
  private static func station(of store: Store, organization: String) throws -> Station {
    let key = "station.uid"
    let uid: String
    if let known = try store.value(forKey: key) {
      uid = known
    } else {
      uid = Radiology.UID.make()
      try store.set(uid, forKey: key)
    }
    return Station(
      uid: uid, name: ProcessInfo.processInfo.hostName, serialNumber: String(uid.suffix(16)),
      version: "0.1.0", organization: organization)
  }
}

extension Report {
  /// When it was signed or let out; none while nobody has it.
  fileprivate var given: Date? { signed ?? (isGiven ? changed : nil) }
}

extension ExportFormat {
  /// Tells the identifiers of the other objects from the report's own.
  fileprivate var suffix: String { self == .sr ? "" : " \(rawValue)" }
}
