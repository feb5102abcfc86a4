import AsyncHTTPClient
import DICOM
import Foundation
import NIOCore
import NIOHTTP1
public import Radiology

/// What an archive found.
public struct SearchResult: Sendable {
  /// The newest first.
  public let studies: [RemoteStudy]
  /// Answers that could not be read; what they are about is not known.
  public let unreadable: Int
  /// There may be more than the archive or we wanted to list.
  public let isCut: Bool
}

extension DICOMweb {
  /// Answers that are asked for at a time.
  static let page = 200
  /// Most answers that are taken of one search.
  static let answerLimit = 20_000
  /// Most bytes of one page.
  static let byteLimit = 64 << 20

  /// Studies that match.
  ///
  /// - Throws: ``GatewayError``.
  public func studies(_ query: StudyQuery) async throws(GatewayError) -> SearchResult {
    let found = try await search("/studies", query.text(), key: .studyInstanceUID)
    let studies = found.dataSets.compactMap { RemoteStudy($0, source: archive.name) }
    return SearchResult(
      studies: studies.filter(query.isMet).sorted(by: RemoteStudy.comesFirst),
      unreadable: found.unreadable + found.dataSets.count - studies.count, isCut: found.isCut)
  }

  /// Other studies of a patient, without their pictures.
  ///
  /// What the archive answers is checked against the patient once more: an archive that matches
  /// loosely must not put somebody else's priors beside a study.
  /// - Throws: ``GatewayError/nothingToMatch(attribute:)`` for a patient without identifier.
  public func priors(patient: String, issuer: String) async throws(GatewayError) -> SearchResult {
    try await studies(StudyQuery(patient: patient, issuer: issuer.isEmpty ? nil : issuer))
  }

  /// The objects of a study, by SOP Instance UID.
  func instances(of study: String) async throws(GatewayError) -> SearchAnswers {
    precondition(DICOM.UID.isValid(study), "a study is named by its UID")
    return try await search("/studies/\(study)/instances", "", key: .sopInstanceUID)
  }

  /// Whether the search answers at all: one study, whichever.
  public func probe() async throws(GatewayError) {
    _ = try await answers("/studies?limit=1")
  }

  /// Asks page by page until nothing new comes.
  ///
  /// A page may be shorter than asked for, so only an empty one is the last. An archive that knows
  /// no `offset` sends the same page again, which has nothing new in it.
  func search(
    _ path: String, _ query: String, key: Tag
  ) async throws(GatewayError) -> SearchAnswers {
    var found = SearchAnswers()
    var seen: Set<String> = []
    var offset = 0
    while offset < Self.answerLimit {
      let range = "limit=\(Self.page)&offset=\(offset)"
      let page = try await answers("\(path)?\(query.isEmpty ? range : "\(query)&\(range)")")
      let readable = page.compactMap { answer -> DataSet? in
        guard let dataSet = try? answer.get(), dataSet.uid(key) != nil else { return nil }
        return dataSet
      }
      let news = readable.filter { $0.uid(key).map { seen.insert($0).inserted } ?? false }
      found.dataSets += news
      if offset == 0 || !news.isEmpty { found.unreadable += page.count - readable.count }
      // Behind a page of which nothing can be read there may be more.
      found.isCut = news.isEmpty && readable.count < page.count
      guard !news.isEmpty else { return found }
      offset += page.count
    }
    found.isCut = true
    return found
  }

  private func answers(
    _ path: String
  ) async throws(GatewayError) -> [Result<DataSet, DICOMError>] {
    var retries = Retries(patience)
    while true {
      do throws(GatewayError) {
        return try await answersOnce(path)
      } catch { try await retries.wait(after: error) }
    }
  }

  private func answersOnce(
    _ path: String
  ) async throws(GatewayError) -> [Result<DataSet, DICOMError>] {
    let end = ContinuousClock.now + patience.search
    let response = try await get(path, accept: "application/dicom+json", within: patience.search)
    if response.status == .noContent { return [] }
    let type = MediaType(response.headers.first(name: "Content-Type") ?? "").name
    guard ["application/dicom+json", "application/json"].contains(type) else {
      throw .unexpected(server: server, expected: "DICOM JSON")
    }
    let body = try await client.body(of: response, limit: Self.byteLimit, by: end)
    do throws(DICOMError) {
      return try DICOMJSON.dataSets(in: body)
    } catch { throw .unexpected(server: server, expected: "DICOM JSON") }
  }
}

/// Data sets of a search, and how many answers were none.
struct SearchAnswers {
  var dataSets: [DataSet] = []
  var unreadable = 0
  var isCut = false
}

extension StudyQuery {
  /// Whether a study is what was asked for, where the answer says enough to know.
  fileprivate func isMet(_ study: RemoteStudy) -> Bool {
    if let patient, study.patientIdentifier != patient { return false }
    if let issuer, !study.patientIssuer.isEmpty, study.patientIssuer != issuer { return false }
    if let accession, study.accession != accession { return false }
    if let uid = self.study, study.uid != uid { return false }
    return true
  }
}

extension RemoteStudy {
  /// A study of a search; nil without a UID.
  fileprivate init?(_ answer: DataSet, source: String) {
    guard let uid = answer.uid(.studyInstanceUID) else { return nil }
    self.init(
      uid: uid, source: source, patientIdentifier: answer.string(.patientID) ?? "",
      patientIssuer: answer.string(.issuerOfPatientID) ?? "",
      patientName: answer.string(.patientName) ?? "",
      accession: answer.string(.accessionNumber) ?? "", date: answer.string(.studyDate),
      time: answer.string(.studyTime), description: answer.string(.studyDescription) ?? "",
      modalities: answer.strings(.modalitiesInStudy).filter { !$0.isEmpty },
      instances: answer.integer(.numberOfStudyRelatedInstances).flatMap { $0 < 0 ? nil : $0 })
  }
}
