import Crypto
import Foundation

extension NodeKey {
  /// SHA-256 of ``publicPEM``, lowercase hexadecimal: what people compare by telephone.
  public var fingerprint: String {
    Array(SHA256.hash(data: Data(publicPEM.utf8))).hexadecimal
  }
}
