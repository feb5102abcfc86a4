import Foundation

/// How one peer answered when it was asked whether it is there.
public struct PeerAnswer: Sendable, Equatable, Codable {
  /// What the configuration calls it.
  public let name: String
  /// What was asked of it.
  public let service: Service
  public let isOK: Bool
  /// Why not; nil if it is all right.
  public let reason: String?
  /// Whether the way to it is encrypted.
  public let isEncrypted: Bool
  /// From the question to the answer.
  public let milliseconds: Int

  /// What a peer is asked.
  public enum Service: String, Sendable, Codable {
    /// C-ECHO to our own receiver, as an allowed caller would.
    case receiver
    /// QIDO-RS, one study.
    case search
    /// C-ECHO to the worklist server.
    case worklist
    /// What a destination answers without being given anything.
    case delivery
  }

  private enum CodingKeys: String, CodingKey {
    case name, service, reason, milliseconds
    case isOK = "ok"
    case isEncrypted = "encrypted"
  }
}

extension Configuration {
  /// Asks every configured peer whether it is there, all at the same time.
  ///
  /// A peer that does not answer is an answer with the reason; `program` is needed for all that
  /// speak DICOM's own protocol, and its absence is a reason too.
  public func checkPeers(
    _ program: Result<DIMSEProgram, GatewayError>, patience: Patience = .probe
  ) async -> [PeerAnswer] {
    await withTaskGroup(of: (Int, PeerAnswer).self) { group in
      let checks = peerChecks(program)
      for (index, check) in checks.enumerated() {
        group.addTask { (index, await check.answer(patience)) }
      }
      var answers: [Int: PeerAnswer] = [:]
      for await (index, answer) in group { answers[index] = answer }
      return checks.indices.compactMap { answers[$0] }
    }
  }

  private func peerChecks(_ program: Result<DIMSEProgram, GatewayError>) -> [PeerCheck] {
    var checks: [PeerCheck] = []
    if let receiver {
      checks.append(
        PeerCheck(
          name: receiver.title, service: .receiver, isEncrypted: receiver.tls != nil,
          subject: .receiver(receiver, program)))
    }
    for archive in archives {
      checks.append(
        PeerCheck(
          name: archive.name, service: .search, isEncrypted: archive.url.scheme == "https",
          subject: .archive(archive)))
    }
    if let worklist {
      checks.append(
        PeerCheck(
          name: worklist.called, service: .worklist, isEncrypted: worklist.tls != nil,
          subject: .worklist(worklist, program)))
    }
    for destination in destinations {
      checks.append(
        PeerCheck(
          name: destination.name, service: .delivery, isEncrypted: destination.isEncrypted,
          subject: .destination(destination, program)))
    }
    return checks
  }
}

/// One question to one peer.
private struct PeerCheck: Sendable {
  let name: String
  let service: PeerAnswer.Service
  let isEncrypted: Bool
  let subject: Subject

  enum Subject: Sendable {
    case receiver(Configuration.Receiver, Result<DIMSEProgram, GatewayError>)
    case archive(Configuration.Archive)
    case worklist(Configuration.Worklist, Result<DIMSEProgram, GatewayError>)
    case destination(Configuration.Destination, Result<DIMSEProgram, GatewayError>)
  }

  func answer(_ patience: Patience) async -> PeerAnswer {
    let start = ContinuousClock.now
    var reason: String?
    do { try await ask(patience) } catch { reason = "\(error)" }
    let took = ContinuousClock.now - start
    return PeerAnswer(
      name: name, service: service, isOK: reason == nil, reason: reason,
      isEncrypted: isEncrypted, milliseconds: Int((took / .milliseconds(1)).rounded()))
  }

  private func ask(_ patience: Patience) async throws {
    switch subject {
    case .archive(let archive):
      let web = try DICOMweb(archive, patience: patience)
      do throws(GatewayError) {
        try await web.probe()
      } catch {
        await web.close()
        throw error
      }
      await web.close()
    case .worklist(let worklist, let program):
      try await ModalityWorklist(worklist, program: program.get()).echo()
    case .receiver(let receiver, let program): try await program.get().echo(receiver)
    case .destination(let destination, let program):
      try await destination.opened(with: program, patience: patience).check()
    }
  }
}

extension DIMSEProgram {
  /// Calls our own receiver as somebody who may.
  ///
  /// One that listens everywhere is called by IPv4, at “::” too. At another IPv6 address it cannot
  /// be called, as the toolkit cannot, and that says nothing about whether it listens.
  fileprivate func echo(_ receiver: Configuration.Receiver) async throws(GatewayError) {
    let isEverywhere = ["0.0.0.0", "::"].contains(receiver.address)
    let host = isEverywhere ? "127.0.0.1" : receiver.address
    let server = "receiver “\(receiver.title)” (\(host):\(receiver.port))"
    guard !host.contains(":") else {
      throw .toolFailed(
        server: server, reason: "echo does not speak IPv6; whether it listens is not known")
    }
    precondition(!receiver.accepts.isEmpty, "a receiver listens to somebody")
    var words = [host, "\(receiver.port)", "--calling", receiver.accepts[0]]
    words += ["--called", receiver.title]
    if let tls = receiver.tls {
      // Without authorities for callers, its own certificate is the one to expect.
      words += ["--tls", "--authorities", (tls.authorities ?? tls.certificate).path]
      words += ["--certificate", tls.certificate.path, "--key", tls.key.path]
    }
    try await echo(words, about: server)
  }
}
