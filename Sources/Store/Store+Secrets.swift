import Crypto
import GRDB

extension Store {
  /// 32 random bytes that this store keeps for one purpose, made when first asked for.
  ///
  /// Two programs that ask at the same time get the same. They are in the database, which only
  /// its owner can read, and go with its backups.
  /// - Throws: ``StoreError/damaged(_:)`` if what is kept is no secret any more: another one in
  ///   its place would name the same patients anew.
  public func secret(for purpose: String) throws(StoreError) -> [UInt8] {
    let made = SymmetricKey(size: .bits256).withUnsafeBytes { unsafe [UInt8]($0) }
    let text = try write { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO setting (key, value) VALUES (?, ?)",
        arguments: ["secret.\(purpose)", Self.hexadecimal(made)])
      return try String.fetchOne(
        database, sql: "SELECT value FROM setting WHERE key = ?", arguments: ["secret.\(purpose)"])
    }
    guard let text, text.utf8.count == 64, let secret = Self.bytes(ofHexadecimal: text) else {
      throw .damaged("the secret for \(purpose) is not what was stored")
    }
    return secret
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == text.utf8.count else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}
