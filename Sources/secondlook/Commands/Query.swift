import ArgumentParser
import Foundation
import Gateway
import Radiology
import Store

struct Query: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists studies of the configured PACS, and how much of each is here.",
    discussion: """
      Patient and accession number are matched exactly. Without a word about which studies, those \
      of the days and modalities of the configuration are listed. A PACS that does not answer is \
      told, and the exit status is then 1.
      """)

  @OptionGroup var options: GatewayOptions
  @Option(help: "Patient ID.") var patient: String?
  @Option(help: "Accession number.") var accession: String?
  @Option(help: "A day such as 20261127, or days such as 20261101-20261127.") var date: String?
  @Option(help: "Modality, for example DX.") var modality: String?
  @Option(help: "Ask only the PACS of this name.") var pacs: String?
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let archives = try options.archives(pacs)
    let store = try options.options.open().store
    var found: [RemoteStudy] = []
    var failures: [QueryAnswer.Failure] = []
    var (unreadable, isCut) = (0, false)
    for archive in archives {
      do {
        for query in try queries(for: archive) {
          let result = try await interruptible {
            try await speaking(to: archive) { try await $0.studies(query) }
          }
          found += result.studies.filter { study in
            !found.contains { $0.uid == study.uid && $0.source == study.source }
          }
          unreadable += result.unreadable
          isCut = isCut || result.isCut
        }
      } catch let error as GatewayError {
        failures.append(QueryAnswer.Failure(pacs: archive.name, reason: "\(error)"))
      }
    }
    let studies = try found.sorted(by: RemoteStudy.comesFirst).map {
      QueryAnswer.Line(study: $0, here: try store.instances(of: $0.uid).count)
    }
    let answer = QueryAnswer(
      studies: studies, failures: failures, unreadable: unreadable, isCut: isCut)
    if json { try sayJSON(answer) } else { answer.sayTable() }
    guard failures.isEmpty else { throw ExitCode.failure }
  }

  /// What an archive is asked: what somebody said, else what the configuration says of it.
  private func queries(for archive: Configuration.Archive) throws -> [StudyQuery] {
    var query = StudyQuery(
      patient: patient, accession: accession, date: date, modality: modality)
    guard query == StudyQuery() else { return [query] }
    query.date = archive.newest(at: Date())
    guard !archive.modalities.isEmpty else { return [query] }
    return archive.modalities.map { modality in
      var one = query
      one.modality = modality
      return one
    }
  }
}

/// What was found, as a table and as JSON.
private struct QueryAnswer: Encodable {
  struct Line: Encodable {
    let study: RemoteStudy
    /// Objects of the study in this store.
    let here: Int
  }

  struct Failure: Encodable {
    let pacs: String
    let reason: String
  }

  let studies: [Line]
  let failures: [Failure]
  let unreadable: Int
  let isCut: Bool

  private enum CodingKeys: String, CodingKey {
    case studies, failures, unreadable
    case isCut = "cut"
  }

  func sayTable() {
    if studies.isEmpty {
      if failures.isEmpty { say("No study matches.") }
    } else {
      say(
        table(
          [
            "pacs", "date", "modality", "patient", "name", "description", "accession", "here",
            "there", "study",
          ],
          studies.map { line in
            let study = line.study
            return [
              study.source, study.date ?? "–", study.modalities.joined(separator: ","),
              study.patientIdentifier, study.patientName, study.description, study.accession,
              "\(line.here)", study.instances.map { "\($0)" } ?? "?", study.uid,
            ]
          }))
    }
    if unreadable > 0 {
      warn("\(counted(unreadable, "answer", "answers")) could not be read.")
    }
    if isCut { warn("There may be more studies; ask for less.") }
    for failure in failures { warn(failure.reason) }
  }
}
