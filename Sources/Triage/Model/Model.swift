import Crypto
public import Engine
import Foundation
public import Radiology

/// Everything that decides how an image is judged, with the card and the lineage beside it.
///
/// A `Model` that exists is sound: its parts fit each other and every number is in its range.
public struct Model: Sendable {
  public let network: Network
  public let parameters: Parameters
  public let preprocessing: Preprocessing
  public let readOut: ReadOut
  public let calibration: Calibration
  /// What the images it has learned from look like; without it any image is judged.
  public let familiarity: Familiarity?
  /// Between which numbers the network's maps lie, where it works on bytes; on floats where nil.
  public let quantization: Quantization?
  public var card: Card
  public var lineage: Lineage
  /// SHA-256 over everything that decides how an image is judged, in lowercase hexadecimal.
  ///
  /// That is architecture, preprocessing, read-out, familiarity, quantisation, calibration and
  /// weights; card and lineage are not in it.
  public let id: ModelVersion.ID
  /// SHA-256 of the weights alone.
  public let weightsDigest: String

  /// - Throws: ``TriageError/modelIsInconsistent(_:)`` if the parts do not fit each other.
  public init(
    network: Network, parameters: Parameters, preprocessing: Preprocessing, readOut: ReadOut,
    calibration: Calibration, familiarity: Familiarity? = nil,
    quantization: Quantization? = nil, card: Card, lineage: Lineage
  ) throws(TriageError) {
    guard preprocessing.isSound else {
      throw .modelIsInconsistent("its preprocessing is out of range.")
    }
    guard readOut.isSound else { throw .modelIsInconsistent("its pooling is out of range.") }
    guard calibration.isSound else {
      throw .modelIsInconsistent("its calibration is out of range.")
    }
    guard familiarity?.isSound ?? true else {
      throw .modelIsInconsistent("its picture of familiar images is out of range.")
    }
    let side = preprocessing.side
    guard network.input == Network.Shape(channels: 1, height: side, width: side) else {
      throw .modelIsInconsistent("its network does not take the \(side) × \(side) square.")
    }
    let output = network.outputShape
    guard output.channels == 1, output.height == output.width, output.height > 1 else {
      throw .modelIsInconsistent("its network does not give one square map of evidence.")
    }
    do {
      try network.check(parameters)
      try quantization?.check(network)
    } catch {
      throw .modelIsInconsistent(error.description)
    }
    self.network = network
    self.parameters = parameters
    self.preprocessing = preprocessing
    self.readOut = readOut
    self.calibration = calibration
    self.familiarity = familiarity
    self.quantization = quantization
    self.card = card
    self.lineage = lineage
    weightsDigest = parameters.digest
    id = Self.identity(
      ModelFile.Content(
        network: network, preprocessing: preprocessing, readOut: readOut,
        calibration: calibration, familiarity: familiarity, quantization: quantization,
        weights: weightsDigest))
  }

  /// The same model with another calibration, which makes it another version.
  public func recalibrated(_ calibration: Calibration) throws(TriageError) -> Model {
    try successor(calibration: calibration, quantization: quantization)
  }

  /// Another version, whose parent this one is.
  func successor(
    calibration: Calibration, quantization: Quantization?
  ) throws(TriageError) -> Model {
    var lineage = lineage
    lineage.parents = [id]
    return try Model(
      network: network, parameters: parameters, preprocessing: preprocessing, readOut: readOut,
      calibration: calibration, familiarity: familiarity, quantization: quantization, card: card,
      lineage: lineage)
  }

  /// The row a store keeps about it.
  public func version(state: ModelVersion.State = .candidate) -> ModelVersion {
    ModelVersion(
      id: id, name: card.name, parents: lineage.parents, round: lineage.round,
      sites: lineage.sites, lessons: lineage.lessons, made: lineage.made, state: state)
  }

  /// Cells along one side of the map of evidence.
  var cells: Int { network.outputShape.height }

  private static func identity(_ content: ModelFile.Content) -> String {
    SHA256.hash(data: ModelFile.encode(content)).hexadecimal
  }
}

extension Sequence<UInt8> {
  /// Lowercase, two digits each.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
