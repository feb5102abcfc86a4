import Crypto
import Engine
import Foundation

/// The text file of a model: all but the weights, readable, and sealed by a digest of itself.
///
/// JSON with sorted keys, two spaces and one spelling for every number, so that equal models give
/// equal bytes and any changed byte is noticed.
struct ModelFile: Codable {
  /// What decides how an image is judged; its bytes name the model.
  struct Content: Codable {
    let network: Network
    let preprocessing: Preprocessing
    let readOut: ReadOut
    let calibration: Calibration
    let familiarity: Familiarity?
    let quantization: Quantization?
    /// SHA-256 of the weight container.
    let weights: String
  }

  static let name = "model.json"
  static let weightsName = "weights"
  /// Raised whenever an older program would misread a file.
  static let knownFormat = 2
  /// What a file without quantisation is written in, for programs that know none.
  private static let formatOfFloats = 1
  /// A description is a few kilobytes; more than this is no description.
  static let maximumBytes = 4 << 20

  let format: Int
  let id: String
  let content: Content
  let card: Card
  let lineage: Lineage
  /// SHA-256 of the file with this field empty.
  var seal = ""

  init(_ model: Model) {
    format = model.quantization == nil ? Self.formatOfFloats : Self.knownFormat
    id = model.id
    content = Content(
      network: model.network, preprocessing: model.preprocessing, readOut: model.readOut,
      calibration: model.calibration, familiarity: model.familiarity,
      quantization: model.quantization, weights: model.weightsDigest)
    card = model.card
    lineage = model.lineage
    seal = digest
  }

  /// The file's bytes.
  var bytes: Data { Self.encode(self) }

  private var digest: String {
    var unsealed = self
    unsealed.seal = ""
    return SHA256.hash(data: Self.encode(unsealed)).hexadecimal
  }

  /// Reads and verifies a description.
  ///
  /// - Throws: ``TriageError`` if it is no description, of a newer format, or changed by a byte.
  init(verifying bytes: Data) throws(TriageError) {
    guard bytes.count <= Self.maximumBytes,
      let header = try? Self.decoder.decode(Header.self, from: bytes)
    else { throw .modelFileChanged(file: Self.name) }
    guard (Self.formatOfFloats...Self.knownFormat).contains(header.format) else {
      throw .modelFormatUnknown(found: header.format, known: Self.knownFormat)
    }
    guard let file = try? Self.decoder.decode(Self.self, from: bytes), file.seal == file.digest,
      file.bytes == bytes
    else { throw .modelFileChanged(file: Self.name) }
    self = file
  }

  private struct Header: Codable { let format: Int }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }

  static func encode(_ value: some Encodable) -> Data {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return try encoder.encode(value) } catch {
      preconditionFailure("every number of a model is finite")
    }
  }
}
