import Foundation

/// The one way in which a value is written that is signed or digested.
///
/// Keys sorted, no spaces, UTF-8 as it is, slashes not escaped: what Python writes with
/// `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
enum CanonicalJSON {
  static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("what is signed holds finite numbers only")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
