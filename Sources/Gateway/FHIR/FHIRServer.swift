import AsyncHTTPClient
import Foundation
import NIOHTTP1
import Radiology

/// A FHIR server that keeps documents.
///
/// A document is created on the condition that there is none with its identifier yet, so that it may
/// be sent twice and is there once.
/// Source: FHIR R4 3.1.0.8.1, conditional create; 3.3, documents.
public struct FHIRServer: Destination {
  private let settings: Configuration.Archive
  private let patience: Patience

  public init(_ settings: Configuration.Archive, patience: Patience = .once) {
    self.settings = settings
    self.patience = patience
  }

  public var place: String { "FHIR server \(settings.address)" }

  public func check() async throws {
    try await speaking { client in
      let response = try await client.ask(.GET, "/metadata", Self.accepted, within: patience.search)
      guard response.status == .ok else {
        throw GatewayError.refused(server: place, status: Int(response.status.code))
      }
    }
  }

  public func holds(_ document: OutgoingDocument) async throws -> Bool? {
    let identifier = try FHIRIdentifier(document)
    return try await speaking { client in
      let end = ContinuousClock.now + patience.search
      let response = try await client.ask(
        .GET, "/Bundle?\(identifier.query)", Self.accepted, within: patience.search)
      // A server need not offer the search, and says so in one way or another.
      guard response.status == .ok else { return nil }
      let body = try await client.body(of: response, limit: Self.limit, by: end)
      guard let found = try? JSONDecoder().decode(SearchSet.self, from: body),
        found.resourceType == "Bundle"
      else { return nil }
      let entries = found.entry ?? []
      if entries.contains(where: { $0.resource?.identifier == identifier }) { return true }
      // Others than were asked for: the server does not know the search, and has not answered.
      return entries.isEmpty && (found.total ?? 0) == 0 ? false : nil
    }
  }

  public func send(_ document: OutgoingDocument) async throws -> String? {
    let identifier = try FHIRIdentifier(document)
    return try await speaking(sends: true) { client in
      let end = ContinuousClock.now + patience.retrieval
      let response = try await client.ask(
        .POST, "/Bundle",
        Self.accepted + [
          ("Content-Type", "application/fhir+json"), ("If-None-Exist", identifier.query),
          ("Prefer", "return=minimal"),
        ], body: document.bytes, within: patience.retrieval)
      switch response.status.code {
      case 201: return nil
      case 200: return "it was there already"
      case 412:
        throw DeliveryProblem(.nameTaken, "\(place) has more than one document of this identifier.")
      case 300..<400: throw GatewayError.redirected(server: place)
      case let status:
        let body = try? await client.body(of: response, limit: Self.limit, by: end)
        let problem = try DeliveryProblem(
          GatewayError.refused(server: place, status: Int(status)), wasSent: true)
        throw DeliveryProblem(problem.code, problem.reason + Self.issues(in: body ?? Data()))
      }
    }
  }

  private static let limit = 16 << 20
  private static let accepted = [("Accept", "application/fhir+json")]

  /// A search's answer, as far as it matters.
  private struct SearchSet: Decodable {
    struct Entry: Decodable {
      struct Resource: Decodable { let identifier: FHIRIdentifier? }
      let resource: Resource?
    }
    let resourceType: String
    let total: Int?
    let entry: [Entry]?
  }

  /// What is wrong, by the codes of an OperationOutcome; its words may name the patient.
  private static func issues(in body: Data) -> String {
    struct Outcome: Decodable {
      struct Issue: Decodable { let code: String }
      let issue: [Issue]
    }
    let outcome = try? JSONDecoder().decode(Outcome.self, from: body)
    let codes = (outcome?.issue ?? []).map(\.code).filter {
      $0.utf8.count < 32 && $0.wholeMatch(of: /[a-z-]+/) != nil
    }
    return codes.isEmpty ? "" : " It says: \(Set(codes).sorted().joined(separator: ", "))."
  }

  private func speaking<Result>(
    sends: Bool = false, _ body: (WebClient) async throws -> Result
  ) async throws -> Result {
    let result: Swift.Result<Result, any Error>
    do {
      let client = try WebClient(
        settings.url, called: place, authorities: settings.authorities,
        credentials: settings.credentials, patience: patience)
      do { result = .success(try await body(client)) } catch { result = .failure(error) }
      await client.close()
    } catch { throw try DeliveryProblem(error, wasSent: false) }
    do { return try result.get() } catch let error as GatewayError {
      throw try DeliveryProblem(error, wasSent: sends)
    }
  }
}

/// By which a FHIR document is known everywhere: Bundle.identifier.
struct FHIRIdentifier: Equatable, Decodable {
  let system: String
  let value: String

  /// - Throws: ``DeliveryProblem`` for bytes that are no document with an identifier.
  init(_ document: OutgoingDocument) throws(DeliveryProblem) {
    struct Bundle: Decodable {
      let resourceType: String
      let identifier: FHIRIdentifier
    }
    guard let bundle = try? JSONDecoder().decode(Bundle.self, from: document.bytes),
      bundle.resourceType == "Bundle"
    else {
      throw DeliveryProblem(
        .notTaken, "\(document.format.rawValue) is no FHIR document with an identifier.")
    }
    self = bundle.identifier
  }

  /// As a search has it: `identifier=system|value`.
  var query: String { "identifier=\(system.percentEncoded)%7C\(value.percentEncoded)" }
}
