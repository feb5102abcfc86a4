public import DICOM
import Foundation
public import Radiology

/// What a worklist server answered.
public struct WorklistResult: Sendable {
  public let orders: [Order]
  /// Answers that could not be read; what they are about is not known.
  public let unreadable: Int
  /// Not all answers came: there were too many, or some were left out.
  public let isCut: Bool
}

/// A server of the modality worklist, asked by C-FIND.
///
/// Source: PS3.4 K.
public struct ModalityWorklist: Sendable {
  public let settings: Configuration.Worklist
  private let program: DIMSEProgram

  public init(_ settings: Configuration.Worklist, program: DIMSEProgram) {
    (self.settings, self.program) = (settings, program)
  }

  /// Most orders that are taken of one question.
  private static let most = 5_000

  /// Asks whether the server is there (C-ECHO).
  ///
  /// - Throws: ``GatewayError``.
  public func echo() async throws(GatewayError) {
    try await program.echo(peer, about: server)
  }

  /// Orders that match: steps planned on some days, for one accession number, or all.
  ///
  /// Days are written as DICOM does, for example `20261127` or `20261127-20261128`.
  /// - Throws: ``GatewayError``.
  public func orders(
    dates: String? = nil, accession: String? = nil
  ) async throws(GatewayError) -> WorklistResult {
    var arguments = ["find"] + peer + ["--most", "\(Self.most)"]
    if let modality = settings.modality { arguments += ["--step", "00080060=\(modality)"] }
    if let dates { arguments += ["--step", "00400002=\(dates)"] }
    if let accession { arguments += ["--match", "00080050=\(accession)"] }
    let outcome = try await program.run(arguments, about: server)
    // Status 5: what was printed is right, and not all.
    guard outcome.status == 0 || outcome.status == 5 else {
      throw outcome.failure(of: server)
    }
    var orders: [Order] = []
    var unreadable = 0
    for line in outcome.output.split(separator: UInt8(ascii: "\n")) {
      guard let answer = try? DICOMJSON.dataSet(in: Data(line)) else {
        unreadable += 1
        continue
      }
      orders += Order.steps(of: answer, source: settings.called)
    }
    return WorklistResult(orders: orders, unreadable: unreadable, isCut: outcome.status == 5)
  }

  /// Title, host and port, for people.
  var server: String { "worklist “\(settings.called)” (\(settings.host):\(settings.port))" }

  private var peer: [String] {
    DICOMNode(
      host: settings.host, port: settings.port, called: settings.called,
      calling: settings.calling, tls: settings.tls
    ).words
  }
}

extension Order {
  /// One order for each scheduled step of a worklist answer; one without steps is one order.
  public static func steps(of answer: DataSet, source: String) -> [Order] {
    let steps = answer.items(.scheduledProcedureStepSequence)
    return (steps.isEmpty ? [DataSet()] : steps).map { step in
      Order(
        accession: answer.string(.accessionNumber) ?? "",
        patientIdentifier: answer.string(.patientID) ?? "",
        patientIssuer: answer.string(.issuerOfPatientID) ?? "",
        patientName: answer.string(.patientName) ?? "",
        birthDate: answer.string(.patientBirthDate), sex: answer.string(.patientSex),
        procedure: answer.string(.requestedProcedureDescription) ?? "",
        procedureID: answer.string(.requestedProcedureID) ?? "",
        code: Code(answer.items(.requestedProcedureCodeSequence).first),
        priority: Priority(requested: answer.string(.requestedProcedurePriority) ?? ""),
        modality: step.string(.modality) ?? "",
        scheduledDate: step.string(.scheduledProcedureStepStartDate),
        scheduledTime: step.string(.scheduledProcedureStepStartTime),
        station: step.string(.scheduledStationAETitle) ?? "",
        study: answer.uid(.studyInstanceUID), source: source)
    }
  }
}

extension Order.Code {
  fileprivate init?(_ item: DataSet?) {
    guard let item, let value = item.string(.codeValue) else { return nil }
    self.init(
      value: value, scheme: item.string(.codingSchemeDesignator) ?? "",
      meaning: item.string(.codeMeaning) ?? "")
  }
}
