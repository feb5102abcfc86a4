public import Crypto
public import Engine

/// What every site is asked to do in one round: numbers only.
public struct RoundTask: Sendable, Equatable {
  /// How to train, so that the sites' changes fit together.
  public struct Work: Sendable, Equatable {
    /// Optimiser steps.
    public let steps: Int
    /// Images in each step.
    public let batch: Int
    public let learningRate: Double
    /// FedProx's pull towards the round's model; 0 for none.
    ///
    /// Source: Li et al. 2020, Federated Optimization in Heterogeneous Networks, equation 2.
    public let proximal: Double
    /// Seeds the order of lessons and their augmentation.
    public let seed: UInt64

    public init(
      steps: Int, batch: Int, learningRate: Double, proximal: Double = 0, seed: UInt64
    ) {
      self.steps = steps
      self.batch = batch
      self.learningRate = learningRate
      self.proximal = proximal
      self.seed = seed
    }
  }

  /// Counted from 1.
  public let round: Int
  public let rounds: Int
  public let work: Work
  public let parameters: Parameters

  public init(round: Int, rounds: Int, work: Work, parameters: Parameters) {
    precondition(round >= 1 && round <= rounds, "rounds are counted from 1 to their number")
    self.round = round
    self.rounds = rounds
    self.work = work
    self.parameters = parameters
  }

  static let magic = "SLTASK1\n"

  /// The bytes that travel: magic, numbers, parameters, then the coordinator's signature.
  public func signed(by key: P256.Signing.PrivateKey) throws(FederationError) -> [UInt8] {
    var wire = WireWriter(magic: Self.magic)
    wire.put(UInt32(round))
    wire.put(UInt32(rounds))
    wire.put(UInt32(work.steps))
    wire.put(UInt32(work.batch))
    wire.put(work.learningRate)
    wire.put(work.proximal)
    wire.put(work.seed)
    wire.put(parameters.encoded())
    wire.put(try sign(wire.bytes, with: key))
    return wire.bytes
  }

  /// Reads a task and believes it only if the coordinator of the roster signed it.
  ///
  /// - Throws: ``FederationError`` for bytes that are cut, too long, unsigned or implausible.
  public init(opening bytes: [UInt8], from coordinator: Partner) throws(FederationError) {
    let message = try verified(bytes, by: coordinator)
    var wire = try WireReader(message, magic: Self.magic)
    let round = Int(try wire.integer(UInt32.self))
    let rounds = Int(try wire.integer(UInt32.self))
    guard round >= 1, round <= rounds else { throw .malformed("round \(round) of \(rounds)") }
    let steps = Int(try wire.integer(UInt32.self))
    let batch = Int(try wire.integer(UInt32.self))
    guard (1...100_000).contains(steps), (1...1024).contains(batch) else {
      throw .malformed("an amount of work no site would do")
    }
    let learningRate = try wire.number()
    let proximal = try wire.number()
    guard learningRate > 0, learningRate <= 1, proximal >= 0 else {
      throw .malformed("a learning rate out of range")
    }
    self.round = round
    self.rounds = rounds
    work = Work(
      steps: steps, batch: batch, learningRate: learningRate, proximal: proximal,
      seed: try wire.integer())
    parameters = try Parameters(wire: try wire.take(wire.remaining))
  }
}

/// Signs the SHA-256 digest of a message; raw form, 64 bytes.
func sign(
  _ message: [UInt8], with key: P256.Signing.PrivateKey
) throws(FederationError) -> [UInt8] {
  do {
    return Array(try key.signature(for: SHA256.hash(data: message)).rawRepresentation)
  } catch {
    throw .malformed("it could not be signed")
  }
}

/// The message without its signature, if the signature is this partner's.
func verified(_ bytes: [UInt8], by partner: Partner) throws(FederationError) -> [UInt8] {
  guard bytes.count > signatureLength else { throw .malformed("cut short") }
  let message = Array(bytes.dropLast(signatureLength))
  guard partner.verifies(Array(bytes.suffix(signatureLength)), of: message) else {
    throw .wrongSignature
  }
  return message
}

extension Parameters {
  init(wire bytes: [UInt8]) throws(FederationError) {
    do {
      try self.init(decoding: bytes)
    } catch {
      throw .malformed("\(error)")
    }
  }
}
