import Foundation
import Radiology

@testable import Workstation

extension SystemStatus {
  private static let digest = String(repeating: "3f9a12c07b44", count: 5) + "0000"

  /// A site on which a few things are wrong.
  static let busy: SystemStatus = {
    let now = Fixture.now
    var status = SystemStatus(site: "Northfield", asOf: now)
    status.agent = AgentState(
      isRunning: true, process: 4711, since: now - 7200, seen: now - 2)
    status.model = ModelVersion(id: digest, name: "chest r24", made: now, state: .active)
    status.stages = [
      Stage(
        name: "receive", health: .waiting, backlog: Backlog(count: 0, oldest: nil),
        succeeded: now - 1),
      Stage(
        name: "pull main", health: .failed, succeeded: now - 900,
        worked: now - 4000, error: "The PACS “main” does not answer. Nothing was changed.",
        failed: now - 30, remedy: "secondlook peer check"),
      Stage(
        name: "read", health: .working, backlog: Backlog(count: 12, oldest: now - 1140),
        succeeded: now - 3, worked: now - 3),
      Stage(
        name: "deliver", health: .waiting, backlog: Backlog(count: 0, oldest: nil),
        succeeded: now - 2, worked: now - 86_400 * 2,
        error: "The disk is full.", failed: now - 86_400),
    ]
    status.failedCount = 2
    status.failedStudies = [
      failed("4711-25", "Its pixel data ends early.", ago: 720),
      failed("4711-24", "No image of this study could be read.", ago: 7300),
    ]
    status.receiver = .listening(place: "SECONDLOOK at 0.0.0.0:11112", since: now - 7190)
    status.archives = [
      Archive(
        name: "main", polled: now - 900, isPolled: true,
        error: "The PACS “main” does not answer. Nothing was changed.",
        tally: ArchiveTally(source: "main", studies: 40, incomplete: 2, expected: 96, received: 91)),
      Archive(name: "old", isPolled: false),
    ]
    status.arrivals = [
      Arrivals(source: "CRROOM", instances: 128, refused: 1, bytes: 2_100_000, last: now - 120)
    ]
    status.refusals = [
      Refusals(source: "STRANGER", count: 3, reason: "This caller may not send.", last: now - 60)
    ]
    status.storage = Storage(
      home: "/srv/secondlook",
      figures: StoreFigures(
        studies: 214, unread: 31, signed: 120, ordersWithoutImages: 4, lessons: 88, objects: 512,
        objectBytes: 9_400_000_000), databaseBytes: 12_300_000, disk: disk(free: 8 << 30))
    status.rounds = [
      round(3, norm: 1.31, refusal: nil), round(2, norm: 1.5, refusal: "The update is too long."),
      round(1, norm: 2.25, refusal: nil),
    ]
    status.lastSync = now - 120
    status.federation = FederationStatus(
      seat: FederationSeat(
        url: "https://hub.example:8443", hasAuthority: true, hasCertificate: false, key: digest,
        joinedBy: "admin", joined: now - 86_400 * 20), pause: nil,
      progress: FederationProgress(
        phase: .training, round: 4, rounds: 20, done: 0.35, at: now - 3), tasks: [],
      releases: [],
      privacy: .init(epsilon: 2.14, delta: 1e-5, budget: 8, noisy: 3, plain: 0), lessons: 410,
      validation: 61)
    status.models = [
      ModelVersion(
        id: digest, name: "chest r24", parents: ["aa" + digest.dropFirst(2)], round: 3,
        sites: ["Northfield", "St Mary"], lessons: 512, made: now - 120, state: .active,
        decidedBy: "admin", decided: now - 60)
    ]
    return status
  }()

  private static func failed(_ accession: String, _ reason: String, ago: Double) -> FailedStudy {
    FailedStudy(
      study: "1.2.\(accession.suffix(2))", accession: accession, exam: "DX CHEST PA",
      reason: reason, failed: Fixture.now - ago, isAskedAgain: false)
  }

  static func disk(free: Int) -> Disk {
    Disk(
      free: free, total: 99 << 30, isShort: free < 1 << 29,
      text: "\(ByteText.words(free)) free of 106.3 GB"
    )
  }

  private static func round(_ number: Int, norm: Double, refusal: String?) -> Round {
    let ended = Fixture.now - 120 - Double(3 - number) * 600
    return Round(
      number: number, coordinator: "hub", privacy: .masked, modelIn: digest,
      modelOut: refusal == nil ? digest : nil,
      contributions: [
        Round.Contribution(
          site: "Northfield", lessons: 410, digest: digest, bytes: 2_097_152, norm: norm),
        Round.Contribution(
          site: "St Mary", lessons: 380, digest: digest, bytes: 2_097_152, norm: norm,
          refusal: refusal),
      ], started: ended - 60, ended: ended)
  }
}
